// All that is known of a sound from its samples, in one place.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/analysis/beats.h"
#include "engine/analysis/decode.h"
#include "engine/analysis/descriptors.h"
#include "engine/analysis/fingerprint.h"
#include "engine/analysis/hints.h"
#include "engine/analysis/hit_class.h"
#include "engine/analysis/key.h"
#include "engine/analysis/loudness.h"
#include "engine/analysis/onsets.h"
#include "engine/analysis/peaks.h"
#include "engine/analysis/spectrogram.h"
#include "engine/analysis/tempo.h"

namespace entrain {

struct Analysis {
  int rate = 0;  ///< Hz, of what was analysed: the file's own, but for the oddest
  double seconds = 0;
  TempoReading tempo;
  Beats beats;
  KeyReading key;
  std::vector<Onset> onsets;
  Loudness loudness;
  float energy = 0;    ///< 0 to 10
  PeakGroups bands{};  ///< of spectral_peaks(), kPeakFrames at most
  Fingerprint fingerprint{};
  Descriptors descriptors{};         ///< from where it begins to sound
  std::optional<HitSuggestion> hit;  ///< of what is a single hit or note: it has no tempo and is short
  Thumbnail thumbnail;               ///< 100 x 100
  std::vector<WaveColumn> overview;  ///< kOverviewColumns of them

  static constexpr std::size_t kOverviewColumns = 512, kPeakFrames = 128;

  double onsets_per_second() const { return seconds > 0 ? static_cast<double>(onsets.size()) / seconds : 0; }
  std::ptrdiff_t kicks() const { return std::ranges::count_if(onsets, &Onset::kick); }
};

/// Pure; any rate from 8 kHz; finite for any input. Any thread.
Analysis analyse(const Pcm& pcm, const Hints& hints = {});

}  // namespace entrain
