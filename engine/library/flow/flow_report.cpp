#include "engine/library/flow/flow_report.h"

#include <algorithm>
#include <cmath>

#include "engine/library/find/said.h"
#include "engine/library/find/tempo_match.h"
#include "engine/library/flow/transitions.h"

namespace entrain {
namespace {


std::string bpm(double tempo) { return said(tempo, 1) + " BPM"; }

std::string minutes_text(double minutes) {
  return minutes < 1 ? "less than a minute"
                     : said(std::floor(minutes), 0) + (minutes < 2 ? " minute" : " minutes");
}

/// Where and when a loop of the queue was heard before.
std::string heard_text(const FlowPool& pool, const std::vector<Placed>& queue, std::size_t place) {
  const Placed& step = queue[place];
  std::size_t back = 1;
  while (back <= place && queue[place - back].loop != step.loop) ++back;
  const bool planned = back <= place;
  const PoolLoop& loop = pool[step.loop];
  if (!planned && loop.heard < 0) return "it is the only one";
  const std::size_t ago = planned ? back : pool.heard() + place - static_cast<std::size_t>(loop.heard);
  const double then = planned ? queue[place - back].minute : loop.heard_minute;
  return ago == 1 ? "it is the loop before"
                  : std::to_string(ago) + " loops and " + minutes_text(step.minute - then) + " ago";
}

class Writer {
 public:
  Writer(const FlowShelf& shelf, const FlowRequest& request, const FlowJudge& judge, const FlowPool& pool,
         const std::vector<Placed>& queue)
      : shelf_(shelf),
        request_(request),
        judge_(judge),
        pool_(pool),
        queue_(queue),
        alike_(alike_to_wish(request, judge, pool, shelf)) {}

  FlowStep step(std::size_t place, const Before& before, const std::vector<float>& likeness) const {
    const Placed& p = queue_[place];
    const PoolLoop& loop = pool_[p.loop];
    FlowStep s;
    s.index = loop.index;
    s.id = loop.card.id;
    s.hold = p.hold;
    s.minute = p.minute;
    s.bars = p.bars;
    s.count = p.judged.fit.count;
    s.times = p.bars / (loop.card.span.beats * s.count / 4);
    s.riser_bars = p.riser_bars;
    s.tempo = p.tempo;
    s.tempo_after = p.tempo_after;
    s.policy = judge_.policy(place);
    s.stretch = before.tempo > 0 ? p.judged.fit.stretch : 0;
    s.semitones = p.judged.semitones;
    if (before.card.key && loop.card.key)
      s.key_step = wheel_step(*before.card.key, shifted(*loop.card.key, s.semitones));
    s.low_clash = before.silence ? 0 : low_clash(before.low, loop.low);
    s.score = p.judged.score;
    s.level = p.level;
    const ChosenTransition chosen = transition(place, before, s);
    s.transition = chosen.transition;
    add_reasons(place, before, static_cast<double>(likeness[p.loop]), s);
    s.reasons.push_back(chosen.why);
    add_relaxed(place, before, s);
    return s;
  }

 private:
  ChosenTransition transition(std::size_t place, const Before& before, const FlowStep& s) const {
    const FlowSlot* slot = place < request_.wishes.slots.size() ? &request_.wishes.slots[place] : nullptr;
    const PoolLoop& loop = pool_[queue_[place].loop];
    Meeting m;
    m.low_clash = s.low_clash;
    m.key_step = s.key_step;
    m.sure_key = std::min(before.card.key_confidence, loop.card.key_confidence) >= kSureKey;
    m.energy = static_cast<double>(loop.card.energy);
    m.energy_before = static_cast<double>(before.card.energy);
    m.onsets = static_cast<double>(loop.card.onsets_per_second);
    m.onsets_before = static_cast<double>(before.card.onsets_per_second);
    m.bars = s.bars;
    m.bars_before = before.bars;
    m.usual_bars = request_.settings.transition_bars;
    const double shortest = FlowSettings::kShortestTransition;
    ChosenTransition chosen =
        before.silence ? ChosenTransition{{TransitionKind::cut, shortest}, "the flow begins"}
        : s.riser_bars > 0
            ? ChosenTransition{{TransitionKind::cut, shortest}, "cut on the beat, as the riser ends"}
            : choose_transition(m);
    const bool by_hand = slot && (slot->kind || slot->transition_bars);
    if (!by_hand) return chosen;
    if (slot->kind) chosen.transition.kind = *slot->kind;
    if (slot->transition_bars)
      chosen.transition.bars =
          transition_length(*slot->transition_bars, s.bars, before.silence ? s.bars : before.bars);
    chosen.why = std::string(name_of(chosen.transition.kind)) + " over " + bars_text(chosen.transition.bars) +
                 ", as set by hand";
    return chosen;
  }

  void add_reasons(std::size_t place, const Before& before, double likeness, FlowStep& s) const {
    const Placed& p = queue_[place];
    const PoolLoop& loop = pool_[p.loop];
    if (p.hold == Hold::pinned || p.hold == Hold::locked)
      s.reasons.push_back(std::string(name_of(p.hold)) + " here by hand");
    for (Reason& reason : judge_.explain(before, loop, p.judged, likeness, place).reasons)
      if (reason.of != Criterion::key || s.key_step) s.reasons.push_back(std::move(reason.text));
    if (s.semitones != 0)
      s.reasons.push_back(
          "shifted by " + std::string(s.semitones > 0 ? "+" : "") + std::to_string(s.semitones) +
          (std::abs(s.semitones) == 1 ? " semitone" : " semitones") + ", so that the key fits");
    if (const auto wanted = arc_energy(request_.wishes.arc, p.minute))
      s.reasons.push_back("energy " + said(static_cast<double>(loop.card.energy), 1) +
                          " where the arc asks for " + said(*wanted, 1));
    const double alike = static_cast<double>(alike_[p.loop]);
    if (!before.silence)
      if (std::string lean = judge_.leans().text(before.card, loop.card, before.tempo, alike, place);
          !lean.empty())
        s.reasons.push_back(std::move(lean));
    if (s.policy != TempoPolicy::keep && std::abs(s.tempo_after - s.tempo) >= 0.05)
      s.reasons.push_back("the tempo " + std::string(s.policy == TempoPolicy::glide ? "glides" : "goes") +
                          " from " + said(s.tempo, 1) + " to " + bpm(s.tempo_after));
  }

  void add_relaxed(std::size_t place, const Before& before, FlowStep& s) const {
    const Placed& p = queue_[place];
    const PoolLoop& loop = pool_[p.loop];
    const auto add = [&](FlowRule rule, const std::string& text) {
      s.relaxed.push_back({rule, std::string(name_of(rule)) + ": " + text});
    };
    const int level = p.judged.fit.level;
    const std::string stretched =
        said(std::abs(s.stretch), 1) + " % " + (s.stretch > 0 ? "faster" : "slower");
    if (s.count != 1)
      add(FlowRule::half_time, bpm(loop.card.bpm) + " counts as " + bpm(loop.card.bpm * s.count));
    if (level == level_of(FlowRule::stretch)) add(FlowRule::stretch, stretched + ", no tempo is nearer");
    if (level == level_of(FlowRule::far)) add(FlowRule::far, stretched + ", no tempo is nearer");
    if (s.riser_bars > 0)
      add(FlowRule::riser, bars_text(s.riser_bars) + " lead from " + bpm(before.tempo) + " to " +
                               bpm(s.tempo) + ", too far to stretch");
    if (p.repeat)
      add(FlowRule::repeat, shelf_.loops().size() == 1 ? "the library has one loop that may be played"
                                                       : "heard before (" + heard_text(pool_, queue_, place) +
                                                             "), nothing else is left");
    if (!loop.trusted) add(FlowRule::check, "its tempo or its downbeat is not sure");
    if (loop.vetoed) add(FlowRule::veto, "it comes because it is locked");
  }

  const FlowShelf& shelf_;
  const FlowRequest& request_;
  const FlowJudge& judge_;
  const FlowPool& pool_;
  const std::vector<Placed>& queue_;
  std::vector<float> alike_;
};

}  // namespace

std::vector<FlowStep> report(const FlowShelf& shelf, const FlowRequest& request, const FlowJudge& judge,
                             const FlowPool& pool, const Before& now, const std::vector<Placed>& queue) {
  const Writer writer(shelf, request, judge, pool, queue);
  std::vector<FlowStep> steps;
  for (std::size_t place = 0; place < queue.size(); ++place) {
    const Before before = place == 0 ? now : after(queue[place - 1], pool);
    const auto likeness = place > 0     ? pool.likeness(pool.vector(queue[place - 1].loop))
                          : now.silence ? pool.likeness({})
                                        : pool.likeness(shelf.likeness().vector_of(*request.now.playing));
    steps.push_back(writer.step(place, before, likeness));
  }
  return steps;
}

}  // namespace entrain
