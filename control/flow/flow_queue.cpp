#include "control/flow/flow_queue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "control/flow/flow_json.h"

namespace entrain {
namespace {

constexpr std::uint64_t kLastTag = 0xff'ffff'ffff;
constexpr double kLastBars = 8;  ///< over which the end of a flow fades
constexpr float kRises = 1;  ///< steps of energy

}  // namespace

void FlowQueue::look_at(std::shared_ptr<const Finder> finder) {
  shelf_ = std::make_unique<FlowShelf>(finder->cards(), finder->likeness());
  finder_ = std::move(finder);
}

void FlowQueue::plan(double tempo, double minute, double bars_left) {
  if (!shelf_) return;
  FlowRequest request;
  request.now = {playing(), tempo, minute, bars_left, bars_, semitones_};
  request.heard = heard_;
  request.wishes = wishes_;
  request.settings = settings_;
  plan_ = plan_flow(*shelf_, request, finder_->weights());
  wishes_ = settled(std::move(wishes_), plan_);
}

const Card* FlowQueue::card(std::int64_t id) const { return shelf_ ? shelf_->card(id) : nullptr; }

std::uint64_t FlowQueue::tag() const { return plan_.steps.empty() ? 0 : tag_of(plan_.steps.front().id); }

FlowPart FlowQueue::part(std::shared_ptr<const Loop> loop) const {
  const FlowStep& step = plan_.steps.front();
  const auto beats = [&](double bars) { return Beat::nearest(bars * meter_.beats_per_bar); };
  FlowPart part;
  part.tag = tag();
  part.loop = std::move(loop);
  part.plays = beats(step.bars);
  part.kind = step.transition.kind;
  part.crossing = beats(step.transition.bars);
  part.clash = step.low_clash;
  part.semitones = step.semitones;
  if (step.riser_bars > 0) part.riser = riser(step);
  if (!playing_ || step.riser_bars > 0) {
    part.tempo = step.tempo;
    part.tempo_at_once = true;
  } else if (step.policy == TempoPolicy::glide) {
    part.tempo = step.tempo_after;
  } else if (step.policy == TempoPolicy::relax) {
    part.relaxes_to = step.tempo_after;
  }
  return part;
}

/// Of noise; in the coming loop's key, where it is sure, of gliding saws, or climbing ones where energy rises.
FlowRiser FlowQueue::riser(const FlowStep& step) const {
  FlowRiser riser{Beat::nearest(step.riser_bars * meter_.beats_per_bar)};
  const Card* coming = card(step.id);
  if (coming == nullptr || !coming->key || coming->key_confidence < kSureKey) return riser;
  riser.kind = playing_ && coming->energy >= playing_->energy + kRises ? 2 : 1;
  riser.root = ((coming->key->root + step.semitones) % 12 + 12) % 12;
  riser.minor = coming->key->minor;
  return riser;
}

FlowPart FlowQueue::last_part() const {
  FlowPart part;
  part.tag = tag_of(kLastTag);
  part.crossing = Beat::nearest(kLastBars * meter_.beats_per_bar);
  return part;
}

void FlowQueue::step(double minute) {
  if (plan_.steps.empty()) return;
  const FlowStep& now = plan_.steps.front();
  if (const Card* known = card(now.id)) playing_ = *known;
  bars_ = now.bars;
  semitones_ = now.semitones;
  heard_.push_back({now.id, minute});
  ++begun_;
  wishes_ = stepped(std::move(wishes_));
  plan_.steps.erase(plan_.steps.begin());
}

void FlowQueue::drop(double minute) {
  if (plan_.steps.empty()) return;
  wishes_ = skipped(std::move(wishes_), minute);
  plan_.steps.erase(plan_.steps.begin());
}

nlohmann::ordered_json FlowQueue::json() const {
  return shelf_ ? flow_json(plan_, *shelf_)
                : nlohmann::ordered_json{{"steps", nlohmann::ordered_json::array()}};
}

std::string FlowQueue::name_of(const Card& card) { return card.path.substr(card.path.rfind('/') + 1); }

}  // namespace entrain
