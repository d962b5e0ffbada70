#include "engine/units/stitcher.h"

#include <algorithm>
#include <cmath>

#include "engine/units/dsp/maths.h"

namespace entrain {
namespace {

constexpr double kReturnBeats = 1;      ///< an abort takes at most so long
constexpr double kScrubSeconds = 0.1;   ///< from end to end, the fastest a fader is followed
constexpr double kRestSeconds = 0.02;   ///< a strip is held until its deck has faded out
constexpr double kEarlySeconds = 0.01;  ///< a strip is in its place so long before the launch
constexpr float kLifted = 0.002f;

float read(const TransitionShape::Curve& curve, Lane lane, float part) {
  if (curve.empty()) return TransitionShape::neutral(lane);
  const auto after = std::upper_bound(curve.begin(), curve.end(), part,
                                      [](float x, const TransitionShape::Point& p) { return x < p.part; });
  if (after == curve.begin()) return curve.front().value;
  if (after == curve.end()) return curve.back().value;
  const auto& a = *(after - 1);
  return a.value + (after->value - a.value) * (part - a.part) / (after->part - a.part);
}

StripMove move_of(const TransitionShape::Curves& curves, float part) {
  const auto at = [&](Lane lane) { return read(curves[static_cast<std::size_t>(lane)], lane, part); };
  return {at(Lane::gain),
          {at(Lane::low), at(Lane::mid), at(Lane::high)},
          at(Lane::sweep),
          {at(Lane::delay), at(Lane::reverb)}};
}

/// The gains of the crossfader's two sides; both 1 in the middle of a cut only.
std::array<float, 2> sides_at(double position, int curve) {
  const double b = (1 + position) / 2;
  if (curve == 1) return {static_cast<float>(1 - b), static_cast<float>(b)};
  if (curve == 2) {
    const auto edge = [](double x) { return static_cast<float>(std::min(1.0, 10 * x)); };
    return {edge(1 - b), edge(b)};
  }
  if (position <= -1) return {1, 0};
  if (position >= 1) return {0, 1};
  return {static_cast<float>(cosine(b * kPi / 2)), static_cast<float>(sine(b * kPi / 2))};
}

}  // namespace

void Stitcher::prepare(int rate) {
  rate_ = rate;
  reset();
}

void Stitcher::reset() {
  id_ = 0;
  phase_ = Phase::none;
  start_ = ended_ = Beat(0);
  asked_.reset();
  part_ = returning_ = 0;
  ending_ = -1;
  rests_ = Frame(0);
  was_rolling_ = false;
}

void Stitcher::announce(const Announcement& announcement, Controls controls) {
  int index = 0;
  if (controls.match(announcement.control, go, index) && phase_ == Phase::waits) asked_ = announcement.due;
}

void Stitcher::process(const Context& context, Controls controls, Buses&) {
  context.moves->sides = sides_at(controls.ramp(crossfader).to, static_cast<int>(controls.ramp(curve).to));
  const Transition* t = context.current->transition.get();
  if (t != nullptr && t->id != id_) {
    id_ = t->id;
    phase_ = Phase::waits;
    start_ = t->at;
    asked_.reset();
    part_ = 0;
    if (context.running && context.timeline.frame_at(start_) < context.frame + context.lead)
      start_ =
          context.current->meter.next_line(context.timeline.beat_at(context.frame + context.lead), Grid::bar);
  } else if (t == nullptr && (phase_ == Phase::waits || phase_ == Phase::runs || phase_ == Phase::returns)) {
    phase_ = Phase::aborted;  // taken out of the document: what plays, plays on
  }
  if (t != nullptr) {
    obey(context, controls);
    if (was_rolling_ && !context.rolling && (phase_ == Phase::runs || phase_ == Phase::returns)) {
      const bool back = phase_ == Phase::returns;
      phase_ = back ? Phase::aborted : Phase::done;
      end(back ? t->to : t->from, context, Beat(0));
    }
    if (phase_ == Phase::waits && context.rolling) wait(*t, context, controls);
    if ((phase_ == Phase::runs || phase_ == Phase::returns) && context.running)
      advance(*t, context, controls);
    order(*t, context);
    move(*t, context);
  }
  was_rolling_ = context.rolling;
}

void Stitcher::obey(const Context& context, const Controls& controls) {
  int index = 0;
  for (const Applied& event : context.events) {
    if (!controls.match(event.control, abort, index)) continue;
    if (phase_ == Phase::waits) phase_ = Phase::aborted;
    if (phase_ != Phase::runs) continue;
    phase_ = Phase::returns;
    const double length = context.current->transition->length.value();
    const double per_quantum = context.timeline.beats_per_frame(context.frame) * kQuantum;
    returning_ = static_cast<float>(per_quantum / std::min(kReturnBeats, length));
  }
}

/// Still to come: when it begins, and whether it has.
void Stitcher::wait(const Transition&, const Context& context, const Controls& controls) {
  const auto soonest =
      [&](Grid grid) {  // never a line that a launch could be under way to in the next quantum
        return context.current->meter.next_line(
            context.timeline.beat_at(context.frame + context.lead + kQuantum), grid);
      };
  if (asked_) {
    start_ = asked_->by_beat ? asked_->beat : context.timeline.beat_at(asked_->frame);
    asked_.reset();
  }
  if (controls.base(hand) > 0.5) {
    // Until the fader is lifted the beginning is put off.
    const bool under_way = due_within(context.lead, context);
    if (!under_way && controls.ramp(fader).to <= kLifted) start_ = std::max(start_, soonest(Grid::bar));
    if (!under_way && controls.ramp(fader).to > kLifted) start_ = std::min(start_, soonest(Grid::beat));
  }
  if (context.running && start_ < context.end) phase_ = Phase::runs;
}

void Stitcher::advance(const Transition& t, const Context& context, const Controls& controls) {
  const double length = t.length.value();
  if (phase_ == Phase::returns) {
    part_ = std::max(0.0f, part_ - returning_);
    if (part_ > 0) return;
    phase_ = Phase::aborted;
    return end(t.to, context, context.begin);
  }
  if (controls.base(hand) > 0.5) {
    const auto most = static_cast<float>(kQuantum / (kScrubSeconds * rate_));
    part_ += std::clamp(controls.ramp(fader).to - part_, -most, most);
    start_ = context.end - Beat::nearest(static_cast<double>(part_) * length);
  } else {
    part_ = static_cast<float>(std::clamp((context.end - start_).value() / length, 0.0, 1.0));
  }
  if (part_ < 1) return;
  phase_ = Phase::done;
  end(t.from, context, std::max(context.begin, start_ + t.length));
}

void Stitcher::end(int deck, const Context& context, Beat at) {
  ending_ = deck;
  ended_ = at;
  rests_ = context.frame + static_cast<std::int64_t>(kRestSeconds * rate_);
}

void Stitcher::order(const Transition& t, const Context& context) {
  auto& orders = context.moves->orders;
  if (phase_ == Phase::waits && t.to >= 0 && context.rolling)
    orders[static_cast<std::size_t>(t.to)].launch = DeckOrder::Launch{start_, start_ - t.entry};
  if (ending_ >= 0) orders[static_cast<std::size_t>(ending_)].stop = ended_;
}

void Stitcher::move(const Transition& t, const Context& context) {
  if (phase_ != Phase::runs && phase_ != Phase::returns) {
    if (context.frame >= rests_) ending_ = -1;
    const bool soon = phase_ == Phase::waits && context.rolling &&
                      due_within(static_cast<std::int64_t>(kEarlySeconds * rate_) + kQuantum, context);
    if (soon && t.to >= 0) context.moves->strips[static_cast<std::size_t>(t.to)] = move_of(t.shape->in, 0);
    if (ending_ >= 0)
      context.moves->strips[static_cast<std::size_t>(ending_)] =
          phase_ == Phase::aborted ? move_of(t.shape->in, 0) : move_of(t.shape->out, 1);
    return;
  }
  if (t.from >= 0) context.moves->strips[static_cast<std::size_t>(t.from)] = move_of(t.shape->out, part_);
  if (t.to >= 0) context.moves->strips[static_cast<std::size_t>(t.to)] = move_of(t.shape->in, part_);
}

bool Stitcher::due_within(std::int64_t frames, const Context& context) const {
  return context.timeline.frame_at(start_) < context.frame + frames;
}

void Stitcher::observe(Snapshot& snapshot) const { snapshot.transition = {id_, phase_, part_, start_}; }

}  // namespace entrain
