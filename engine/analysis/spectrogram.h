// Pictures of a sound: its spectrogram as a thumbnail, its waveform in columns.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/analysis/stft.h"

namespace entrain {

/// Levels from 0 (80 dB or more below the loudest) to 1 (the loudest), row after row from the top.
struct Thumbnail {
  int width = 0, height = 0;
  std::vector<float> levels;
};

/// Seed 0's picture: spectra of 2048 samples every 512 (a sound of more than 8 columns a pixel: less often),
/// in dB below the loudest, time from left to right and frequency from bottom to top, both linear, shrunk or
/// stretched to `width` x `height` pixels (1 to 4096 each) under a triangle. Black for silence and for an
/// empty sound. Pure; not realtime-safe; any thread.
Thumbnail spectrogram_thumbnail(std::span<const float> sound, int width = 100, int height = 100);

/// The same of spectra that somebody else looks at, too.
Thumbnail spectrogram_thumbnail(Spectra& spectra, int width = 100, int height = 100);

/// What one column of a drawn waveform spans.
struct WaveColumn {
  float low = 0, high = 0;
};

/// A sound in `columns` equal parts: the lowest and the highest sample of each. Samples that are not finite
/// count as silence; a sound shorter than that repeats its samples, an empty one is silent.
std::vector<WaveColumn> waveform_overview(std::span<const float> sound, std::size_t columns);

}  // namespace entrain
