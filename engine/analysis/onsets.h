// Where sounds begin.
#pragma once

#include <span>
#include <vector>

#include "engine/analysis/novelty.h"

namespace entrain {

struct Onset {
  double seconds = 0;
  float strength = 0;  ///< 0 to 1, of the strongest in this sound
  float low = 0;       ///< 0 to 1: the share of it below 150 Hz
  bool kick = false;   ///< a low-band onset, what a groove is locked to
};

/// Onsets in rising order, at least 30 ms apart; none for silence and for what never rises. Peaks of the
/// novelty (Boeck, Krebs, Schedl: Evaluating the online capabilities of onset detection methods, ISMIR 2012),
/// each moved to where the signal's own energy rises most steeply. Pure; finite for any input. Any thread.
std::vector<Onset> find_onsets(std::span<const float> mono, int rate, const Novelty& novelty);

}  // namespace entrain
