// Where the beats fall, and which of them begin bars.
#pragma once

#include <span>
#include <vector>

#include "engine/analysis/tempo.h"

namespace entrain {

struct Beats {
  std::vector<double> seconds;    ///< of each beat, rising; the first may lie up to a tenth of one before the file
  bool even = false;              ///< they stand on a grid: first + k * 60 / bpm
  float confidence = 0;           ///< 0 to 1: how clearly the beats stand out from what lies between
  int first_downbeat = 0;         ///< index of the first beat that begins a bar of four
  float downbeat_confidence = 0;  ///< 0 to 1
};

/// Beats by dynamic programming (Ellis: Beat tracking by dynamic programming, JNMR 36, 2007); if even, as in loops
/// and most recorded music, on a grid whose phase the onsets decide: where they stray, the downbeat is less sure.
/// A loop of whole beats tends to begin with one, one of whole bars with a bar. Pure; finite for any input. Any thread.
Beats find_beats(const Novelty& novelty, std::span<const Onset> onsets, double seconds, const TempoReading& tempo);

}  // namespace entrain
