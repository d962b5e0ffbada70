// How a loop's tempo goes with the master's, and what has to give way for it.
#pragma once

#include "engine/library/flow/flow_words.h"

namespace entrain {

struct TempoFit {
  int level = 0;       ///< of the rule that gives way: FlowRule + 1; 0: none; FlowRule::riser at most
  double count = 1;    ///< 0.5, 1 or 2: beats of the master's to each of the loop's own
  double stretch = 0;  ///< percent by which the loop plays faster (+) or slower
};

/// A level as FlowStep counts them.
constexpr int level_of(FlowRule rule) { return static_cast<int>(rule) + 1; }

/// Stretches that a rule lets pass, in percent as match_tempo() counts them; `limit` is the performer's.
double most_apart(int level, double limit);

/// Both BPM above 0. Beyond 12 % (or `limit`, where that is more) only a riser helps: the loop plays as it
/// is. Pure.
TempoFit fit_tempo(double master, double loop, double limit);

}  // namespace entrain
