// All that is known of a sound from its samples, in one place.
#pragma once

#include <vector>

#include "engine/analysis/beats.h"
#include "engine/analysis/decode.h"
#include "engine/analysis/hints.h"
#include "engine/analysis/key.h"
#include "engine/analysis/onsets.h"
#include "engine/analysis/tempo.h"

namespace entrain {

struct Analysis {
  double seconds = 0;
  TempoReading tempo;
  Beats beats;
  KeyReading key;
  std::vector<Onset> onsets;

  double onsets_per_second() const { return seconds > 0 ? static_cast<double>(onsets.size()) / seconds : 0; }
};

/// Pure; any rate from 8 kHz; finite for any input. Any thread.
Analysis analyse(const Pcm& pcm, const Hints& hints = {});

}  // namespace entrain
