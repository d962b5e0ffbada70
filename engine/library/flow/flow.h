// A flow: which loops follow the one that plays, when, and how one goes over into the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/library/card.h"
#include "engine/library/find/wheel.h"
#include "engine/library/flow/flow_words.h"
#include "engine/library/flow/wishes.h"

namespace entrain {

/// How a flow is planned. Bars are of the master's beats.
struct FlowSettings {
  static constexpr int kMostSteps = 32, kMostSemitones = 2;
  static constexpr double kLongestBars = 256, kShortestTransition = 1.0 / 16, kLongestTransition = 32,
                          kMostMinutes = 1440;
  static constexpr int kMostWindow = 1'000;

  int steps = 5;                           ///< 1 to kMostSteps: how far ahead
  double least_bars = 16, most_bars = 32;  ///< how long a loop plays, 1 to kLongestBars
  int window_loops = 16;                   ///< a loop comes again only after so many others...
  double window_minutes = 20;              ///< ...and so many minutes
  double transition_bars = 8;              ///< of a usual one: kShortestTransition to kLongestTransition
  TempoPolicy tempo = TempoPolicy::keep;
  int semitones = 0;       ///< most by which a loop may be shifted so that its key fits
  std::uint64_t seed = 1;  ///< decides between equals
  bool operator==(const FlowSettings&) const = default;
};

/// What sounds at this moment.
struct FlowNow {
  const Card* playing = nullptr;  ///< of the library or not; nullptr: silence, the flow begins
  double tempo = 0;               ///< the master's BPM; 0: that of the playing loop, or of the first one
  double minute = 0;              ///< of the set
  double bars_left = 0;           ///< until the next loop may come in
  double bars = 0;                ///< which the playing loop plays in all; 0: least_bars
  int semitones = 0;              ///< by which it is shifted
};

struct Heard {
  std::int64_t id = 0;
  double minute = 0;  ///< of the set, when it began
  bool operator==(const Heard&) const = default;
};

struct FlowRequest {
  FlowNow now;
  std::span<const Heard> heard;  ///< the earliest first; the playing loop may be its last
  FlowWishes wishes;
  FlowSettings settings;
};

/// A rule that had to give way, in the order in which they do.
struct Relaxation {
  FlowRule rule = FlowRule::half_time;
  std::string text;  ///< "repeat: heard 3 loops ago; no other loop is left"
  bool operator==(const Relaxation&) const = default;
};

struct FlowStep {
  std::size_t index = 0;  ///< of the card
  std::int64_t id = 0;
  Hold hold = Hold::free;     ///< whether it stands there by hand
  double minute = 0;          ///< of the set, when its transition in begins
  double bars = 0;            ///< from there until the next transition may begin
  double times = 0;           ///< how often its span is played in these bars
  FlowTransition transition;  ///< into it
  double riser_bars = 0;      ///< 0, or 1 to 16: a bridge is generated between the loop before and this one
  double tempo = 0;           ///< the master's BPM while it comes in
  double tempo_after = 0;     ///< once it is in
  TempoPolicy policy = TempoPolicy::keep;
  double stretch = 0;  ///< percent by which it plays faster (+) or slower than it is, as it comes in
  double count = 1;    ///< 0.5, 1 or 2: so many beats of the master's to each of its own
  int semitones = 0;   ///< of pitch shift
  std::optional<WheelStep> key_step;  ///< from the loop before, shifts included; none where one has no key
  double low_clash = 0;               ///< 0 to 1: how far both fill the lows
  double score = 0;                   ///< 0 to 1
  int level = 0;                      ///< of the hardest rule that gave way: FlowRule + 1; 0: none
  std::vector<std::string> reasons;
  std::vector<Relaxation> relaxed;  ///< in the order of the rules

  bool operator==(const FlowStep&) const = default;
};

struct FlowPlan {
  std::vector<FlowStep> steps;
  bool staying = false;              ///< the playing loop goes on until the performer says otherwise
  bool ends = false;                 ///< after the last of the steps there is nothing
  std::vector<std::string> remarks;  ///< sentences: what was left out, what could not be done

  bool operator==(const FlowPlan&) const = default;
};

}  // namespace entrain
