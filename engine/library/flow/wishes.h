// What the performer asks of a flow, laid down as plain values: each wish makes new ones of the old.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/library/flow/flow_words.h"

namespace entrain {

struct FlowPlan;

/// A place of the queue; what is set by hand stands over what the planner would choose.
struct FlowSlot {
  std::int64_t id = 0;  ///< of the card; 0 where the hold is free
  Hold hold = Hold::free;
  std::optional<double> bars;  ///< how long it plays
  std::optional<TransitionKind> kind;
  std::optional<double> transition_bars;
  std::optional<TempoPolicy> tempo;
  double score = 0;  ///< of what is kept, when it was planned
  int level = 0;     ///< likewise: FlowStep::level
  bool operator==(const FlowSlot&) const = default;
};

struct FlowLean {
  Lean lean = Lean::darker;
  std::int64_t like = 0;  ///< the loop that Lean::alike means
  double strength = 1;    ///< 0 to 1
  int age = 0;            ///< steps taken since
  bool operator==(const FlowLean&) const = default;
};

struct ArcPoint {
  double minute = 0, energy = 0;  ///< of the set; 0 to 10
  bool operator==(const ArcPoint&) const = default;
};

struct FlowWishes {
  static constexpr std::size_t kMostSlots = 64, kMostLeans = 8;
  static constexpr int kFade = 6;  ///< a lean fades evenly over so many steps

  std::vector<FlowSlot> slots;       ///< the next step first
  std::vector<std::int64_t> vetoes;  ///< never in this set
  struct Skip {
    std::int64_t id = 0;
    double minute = 0;
    bool operator==(const Skip&) const = default;
  };
  std::vector<Skip> skips;  ///< count as heard then
  std::vector<FlowLean> leans;
  std::vector<ArcPoint> arc;             ///< minutes rise; linear between, level before and after
  bool stay = false;                     ///< the playing loop goes on
  std::optional<std::size_t> end_after;  ///< so many steps, then the end; 0: after the playing loop

  bool operator==(const FlowWishes&) const = default;
};

// The wishes. Places count from 0, the next step; what a wish does not touch stays as it is. Pure.

/// The loop at this place, instead of what stands there; it goes from any other place.
FlowWishes pinned(FlowWishes wishes, std::size_t place, std::int64_t id);
/// Likewise, whatever the rules say: unchecked or vetoed, too.
FlowWishes locked(FlowWishes wishes, std::size_t place, std::int64_t id);
/// What stands at the place is up to the planner again.
FlowWishes released(FlowWishes wishes, std::size_t place);
/// Drops the next step; those behind it move up. It counts as heard at `minute`.
FlowWishes skipped(FlowWishes wishes, double minute);
FlowWishes vetoed(FlowWishes wishes, std::int64_t id);
/// Moves a step to another place, where it is pinned; those between move over.
FlowWishes moved(FlowWishes wishes, std::size_t from, std::size_t to);
/// Frees what was only planned, but for the next step, which was announced already.
FlowWishes leaning(FlowWishes wishes, FlowLean lean);
FlowWishes along(FlowWishes wishes, std::vector<ArcPoint> arc);  ///< likewise
/// An arc as it is followed: finite, within its ranges, by minutes.
std::vector<ArcPoint> in_order(std::vector<ArcPoint> arc);

/// The queue that was planned, as places: pass it on, so that the next plan keeps it.
FlowWishes settled(FlowWishes wishes, const FlowPlan& plan);
/// The first step has begun to play: all places move up, leans fade.
FlowWishes stepped(FlowWishes wishes);

/// Strength of a lean at a place of the queue, 0 to 1.
double strength_at(const FlowLean& lean, std::size_t place);
/// The energy an arc asks for; none without an arc.
std::optional<double> arc_energy(const std::vector<ArcPoint>& arc, double minute);

}  // namespace entrain
