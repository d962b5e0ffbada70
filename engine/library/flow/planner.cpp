#include "engine/library/flow/planner.h"

#include <algorithm>
#include <cmath>

#include "engine/library/flow/beam.h"
#include "engine/library/flow/flow_report.h"
#include "engine/library/flow/judge.h"
#include "engine/library/flow/pool.h"
#include "engine/library/flow/transitions.h"

namespace entrain {
namespace {

double in_range(double value, double least, double most, double otherwise) {
  return std::isfinite(value) ? std::clamp(value, least, most) : otherwise;
}

Before present(const FlowNow& now) {
  Before before;
  before.tempo = now.tempo;
  if (!now.playing) return before;
  before.silence = false;
  before.card = *now.playing;
  if (!(before.tempo > 0)) before.tempo = loop_tempo(*now.playing);
  before.card.bpm = before.tempo;
  if (before.card.key) before.card.key = shifted(*before.card.key, now.semitones);
  before.low = low_share(*now.playing);
  before.bars = now.bars;
  return before;
}

std::string name_of(const Card& card) { return card.path.substr(card.path.rfind('/') + 1); }

/// What was asked by hand and cannot be done.
void add_refusals(const FlowShelf& shelf, const FlowRequest& request, const FlowPool& pool, FlowPlan& plan) {
  for (std::size_t k = 0; k < request.wishes.slots.size(); ++k) {
    const FlowSlot& slot = request.wishes.slots[k];
    if (slot.hold != Hold::pinned && slot.hold != Hold::locked) continue;
    const std::string place = "place " + std::to_string(k + 1) + " of the queue";
    const Card* card = shelf.card(slot.id);
    const auto in_pool = pool.find(slot.id);
    if (!card)
      plan.remarks.push_back("The loop at " + place +
                             " is not in the library any more; another takes its place.");
    else if (!in_pool)
      plan.remarks.push_back(name_of(*card) + " at " + place +
                             " holds no whole beat, so it cannot be a loop; another takes its place.");
    else if (slot.hold == Hold::pinned && !(pool[*in_pool].trusted && !pool[*in_pool].vetoed))
      plan.remarks.push_back(name_of(*card) + " at " + place +
                             (pool[*in_pool].vetoed ? " is vetoed" : " is unchecked") +
                             "; lock it if it should come all the same.");
  }
}

std::string nothing_left(const FlowShelf& shelf) {
  if (!shelf.loops().empty()) return "Every loop of the library is vetoed; take a veto back.";
  const std::string out = shelf.left_out();
  return out.empty() ? "The library has no loops yet; begin with: entrain library add FOLDER."
                     : "There is no loop to go on with. " + out;
}

}  // namespace

FlowRequest in_ranges(FlowRequest request) {
  request.wishes.arc = in_order(std::move(request.wishes.arc));
  FlowSettings& s = request.settings;
  const FlowSettings usual;
  s.steps = std::clamp(s.steps, 1, FlowSettings::kMostSteps);
  s.least_bars = in_range(s.least_bars, 1, FlowSettings::kLongestBars, usual.least_bars);
  s.most_bars = in_range(s.most_bars, s.least_bars, FlowSettings::kLongestBars, usual.most_bars);
  s.window_loops = std::clamp(s.window_loops, 0, FlowSettings::kMostWindow);
  s.window_minutes = in_range(s.window_minutes, 0, FlowSettings::kMostMinutes, usual.window_minutes);
  s.transition_bars = in_range(s.transition_bars, FlowSettings::kShortestTransition,
                               FlowSettings::kLongestTransition, usual.transition_bars);
  s.semitones = std::clamp(s.semitones, 0, FlowSettings::kMostSemitones);
  FlowNow& now = request.now;
  now.tempo = in_range(now.tempo, 0, 1000, 0);
  now.minute = in_range(now.minute, -1e6, 1e6, 0);
  now.bars_left = in_range(now.bars_left, 0, 1e6, 0);
  for (FlowSlot& slot : request.wishes.slots) {
    if (slot.bars)
      slot.bars =
          in_range(*slot.bars, FlowSettings::kShortestTransition, FlowSettings::kLongestBars, s.least_bars);
    if (slot.transition_bars)
      slot.transition_bars = in_range(*slot.transition_bars, FlowSettings::kShortestTransition,
                                      FlowSettings::kLongestTransition, s.transition_bars);
  }
  now.bars = now.bars > 0 && std::isfinite(now.bars) ? now.bars : s.least_bars;
  return request;
}

double bars_played(double span_bars, double energy, double minute, double tempo, const FlowRequest& request) {
  const FlowSettings& s = request.settings;
  if (!(span_bars > 0)) return s.least_bars;
  const auto whole_phrases = [](double bars) { return std::fmod(bars, kBarsOfPhrase) == 0; };
  double bars = span_bars * std::ceil(s.least_bars / span_bars - 1e-9);
  if (bars > s.most_bars) {
    if (span_bars <= s.most_bars) return span_bars * std::floor(s.most_bars / span_bars + 1e-9);
    return s.most_bars < kBarsOfPhrase ? s.most_bars
                                       : kBarsOfPhrase * std::floor(s.most_bars / kBarsOfPhrase);
  }
  for (double more = bars + span_bars; !whole_phrases(bars) && more <= s.most_bars; more += span_bars)
    if (whole_phrases(more)) bars = more;
  const double chunk = std::max(span_bars, kBarsOfPhrase);
  while (bars + chunk <= s.most_bars && tempo > 0) {
    const auto then = arc_energy(request.wishes.arc, minute + (bars + chunk) * 4 / tempo);
    if (!then || std::abs(*then - energy) >= 1) break;
    bars += chunk;
  }
  return bars;
}

FlowPlan plan_flow(const FlowShelf& shelf, const FlowRequest& asked, const CompatibilityWeights& weights) {
  FlowRequest request = in_ranges(asked);
  FlowPlan plan;
  plan.staying = request.wishes.stay;
  if (request.wishes.end_after) {
    plan.ends = true;
    request.settings.steps = static_cast<int>(
        std::min<std::size_t>(static_cast<std::size_t>(request.settings.steps), *request.wishes.end_after));
  }
  if (request.settings.steps == 0) {
    plan.remarks.push_back("The flow ends after the playing loop.");
    return plan;
  }
  const Before before = present(request.now);
  const FlowPool pool(shelf, request, before.tempo, weights.tempo_limit);
  add_refusals(shelf, request, pool, plan);
  const FlowJudge judge(request, weights);
  plan.steps = report(shelf, request, judge, pool, before, best_path(request, judge, pool, shelf, before));
  if (plan.steps.empty())
    plan.remarks.push_back(nothing_left(shelf));
  else if (const std::string out = shelf.left_out(); !out.empty())
    plan.remarks.push_back(out);
  if (plan.staying && request.now.playing)
    plan.remarks.push_back(name_of(*request.now.playing) +
                           " stays until you say otherwise; the queue waits.");
  return plan;
}

}  // namespace entrain
