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

/// Of both sides as they are played: one channel sounds from both, more than two were mixed by decode().
/// ITU-R BS.1770-4 for the integrated loudness, EBU Tech 3342 for the range (short-term loudness once a
/// second), true_peak() of the higher side.
///
/// A sound shorter than a gating block, 400 ms, is measured as one such block with silence after it: as a
/// momentary meter reads it when it is played alone. So a hit is the quieter the shorter it is, as ears have
/// it, and silence after it changes nothing. What fills less than 3 s has a range of 0.
///
/// Samples that are not finite count as silence. Pure; finite for any input. Any thread; not realtime-safe.
Loudness measure_loudness(const Pcm& pcm);

}  // namespace entrain
