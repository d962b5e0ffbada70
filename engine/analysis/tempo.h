// How fast a sound is.
#pragma once

#include <span>
#include <vector>

#include "engine/analysis/novelty.h"
#include "engine/analysis/onsets.h"

namespace entrain {

struct TempoGuess {
  double bpm = 0;
  float confidence = 0;  ///< 0 to 1
};

/// A tempo somebody wrote down, such as in the file's name.
struct TempoHint {
  double bpm = 0;  ///< 0 for none
  bool sure = false;
};

struct TempoReading {
  double bpm = 0;        ///< 0: it has none
  float confidence = 0;  ///< 0 to 1, of the tempo as it stands; its half or double counts as another
  int beats = 0;         ///< how many fill the sound, if it is cut to whole beats; else 0
  std::vector<TempoGuess>
      others;  ///< other readings, the likeliest first: half, double, two thirds…; at most 4
};

/// The tempo of a loop or a piece of `seconds`, between kSlowest and kFastest. A one-shot (a single hit or
/// note, or one that dies away), silence and what is shorter than half a second have none.
///
/// Candidates (tempo_candidates.h) are weighed by a log-linear model whose weights were learned from labelled
/// loops; its probabilities are the confidences. A `hint` is strong evidence, not the last word. Pure; finite
/// for any input. Any thread.
TempoReading find_tempo(const Novelty& novelty, std::span<const Onset> onsets, double seconds, TempoHint hint = {});

}  // namespace entrain
