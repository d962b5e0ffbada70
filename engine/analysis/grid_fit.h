// An even grid set right by the onsets that stand on it.
#pragma once

#include <span>

#include "engine/analysis/onsets.h"

namespace entrain {

/// The period of which most pairs of onsets lie whole numbers apart: the weighted median over all pairs one
/// to kFarthestPair beats apart (a slope of Theil and Sen: Sen, JASA 63, 1968), so that neither swing nor
/// strays between the beats move it. `period` where there are too few pairs. Seconds. Pure; any thread.
double period_of_pairs(std::span<const Onset> onsets, double period);

/// `period`, or that of the pairs where it is clearly nearer: the grid would leave the onsets by more than
/// kDrift over `seconds`, and the pairs stray half as much. Pure; any thread.
double period_set_right(std::span<const Onset> onsets, double period, double seconds);

struct PhaseFit {
  double late = 0;   ///< seconds by which onsets near beats come behind them, a weighted median
  double stray = 0;  ///< seconds: the weighted median distance from that
  int onsets = 0;    ///< how many were near
};

/// How onsets within a tenth of a period of a beat lie around it. Pure; any thread.
PhaseFit phase_fit(std::span<const Onset> onsets, double first, double period);

inline constexpr int kFarthestPair = 16;  // beats
inline constexpr double kDrift = 0.008;   // seconds

}  // namespace entrain
