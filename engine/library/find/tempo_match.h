// Whether one tempo can follow another, counted in half or double time where that is nearer.
#pragma once

namespace entrain {

struct TempoMatch {
  double apart = 0;  ///< percent by which the faster must slow down to the slower, after `times`
  double times = 1;  ///< 0.5, 1 or 2: how the second is counted
};

/// Both above 0. The same match in both directions, with `times` turned round. Pure.
TempoMatch match_tempo(double first, double second);

}  // namespace entrain
