// How loud a sound is, as EBU R128 measures it.
#pragma once

#include "engine/analysis/decode.h"

namespace entrain {

/// Sounds are matched at this loudness, in LUFS.
inline constexpr double kMatchedLoudness = -18;

struct Loudness {
  static constexpr double kSilence = -70;      ///< LUFS: the absolute gate of BS.1770; nothing lies below
  static constexpr double kLowestPeak = -120;  ///< dBTP: what silence peaks at

  double integrated = kSilence;    ///< LUFS
  double range = 0;                ///< LU
  double true_peak = kLowestPeak;  ///< dBTP

  bool silent() const { return integrated <= kSilence; }
  /// dB to kMatchedLoudness; 0 for silence.
  double gain() const { return silent() ? 0 : kMatchedLoudness - integrated; }
};

/// ITU-R BS.1770-4, EBU Tech 3342. Pure; finite for any input. Any thread; not realtime-safe.
Loudness measure_loudness(const Pcm& pcm);

}  // namespace entrain
