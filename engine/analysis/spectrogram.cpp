#include "engine/analysis/spectrogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/analysis/samples.h"
#include "engine/analysis/spectral.h"
#include "engine/analysis/weighted_sums.h"
#include "engine/analysis/wide.h"

namespace entrain {
namespace {

constexpr int kColumnsPerPixel = 4;
constexpr float kRange = 80, kAboveFloor = 1e8f;  // of the loudest: in dB, and as a ratio of energies

/// Hands over, for each of `to` pixels, the first of the `from` values it is made of and their weights, whose
/// sum is 1.
template <class Take>
void each_pixel(std::size_t from, std::size_t to, Take take) {
  const double scale = static_cast<double>(from) / static_cast<double>(to), reach = std::max(scale, 1.0);
  std::vector<float> weights;
  for (std::size_t p = 0; p < to; ++p) {
    const double centre = (static_cast<double>(p) + 0.5) * scale;
    const auto low = std::max(0.0, std::floor(centre - reach)),
               high = std::min(static_cast<double>(from), std::ceil(centre + reach));
    weights.clear();
    double sum = 0;
    for (double i = low; i < high; ++i) {
      const double weight = std::max(0.0, 1 - std::abs(i + 0.5 - centre) / reach);
      weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : weights) weight = static_cast<float>(static_cast<double>(weight) / sum);
    take(static_cast<std::size_t>(low), std::span<const float>(weights));
  }
}

void scaled(std::span<const float> in, float factor, std::span<float> out) {
  widely([=] {
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = factor * in[i];
  });
}

/// Adds columns that stand one behind the other, each times its weight.
void add_columns(std::span<const float> columns, std::span<const float> weights, std::span<float> sum) {
  widely([=] {
    for (std::size_t i = 0; i < weights.size(); ++i)
      for (std::size_t r = 0; r < sum.size(); ++r) sum[r] += weights[i] * columns[i * sum.size() + r];
  });
}

/// Of at least one sample.
WaveColumn extremes(std::span<const float> sound) {
  return widely([=] {
    WaveColumn all{sound_or_silence(sound[0]), sound_or_silence(sound[0])};
    Floats low = all.low + Floats{}, high = low;
    std::size_t i = 0;
    for (; i + kFloats <= sound.size(); i += kFloats) {
      Floats x = floats_at(&sound[i]);
      silence_odd(x);
      low = x < low ? x : low;
      high = x > high ? x : high;
    }
    for (std::size_t k = 0; k < kFloats; ++k) all = {std::min(all.low, low[k]), std::max(all.high, high[k])};
    for (; i < sound.size(); ++i)
      all = {std::min(all.low, sound_or_silence(sound[i])), std::max(all.high, sound_or_silence(sound[i]))};
    return all;
  });
}

}  // namespace

Thumbnail spectrogram_thumbnail(std::span<const float> sound, int width, int height) {
  Spectra spectra(sound, kSeedWindow, kSeedHop);
  return spectrogram_thumbnail(spectra, width, height);
}

Thumbnail spectrogram_thumbnail(Spectra& spectra, int width, int height) {
  Thumbnail picture{std::clamp(width, 1, 4'096), std::clamp(height, 1, 4'096), {}};
  const auto w = static_cast<std::size_t>(picture.width), h = static_cast<std::size_t>(picture.height);
  picture.levels.resize(w * h);
  const std::size_t frames = spectra.frames(), most = kColumnsPerPixel * w;
  const std::size_t step = std::max<std::size_t>(1, (frames + most - 1) / most),
                    columns = (frames + step - 1) / step;
  float highest = 0;
  for (std::size_t c = 0; c < columns; ++c) highest = std::max(highest, largest_of(spectra.power(c * step)));
  if (!(highest > 0) || !std::isfinite(highest)) return picture;
  const float scale = kAboveFloor / std::max(highest, kAboveFloor * std::numeric_limits<float>::min());
  std::vector<float> levels(static_cast<std::size_t>(spectra.bins())), squeezed(columns * h), column(h);
  WeightedSums rows(levels.size());
  each_pixel(levels.size(), h,
             [&](std::size_t first, std::span<const float> weights) { rows.add(first, weights); });
  for (std::size_t c = 0; c < columns; ++c) {
    scaled(spectra.power(c * step), scale, levels);
    decibels_of(levels, 0, levels);  // of the floor
    rows.apply(levels, std::span(squeezed).subspan(c * h, h));
  }
  std::size_t x = 0;
  each_pixel(columns, w, [&](std::size_t first, std::span<const float> weights) {
    std::ranges::fill(column, 0.0f);  // from the lowest row
    add_columns(std::span(squeezed).subspan(first * h), weights, column);
    for (std::size_t r = 0; r < h; ++r)
      picture.levels[(h - 1 - r) * w + x] = std::clamp(column[r] / kRange, 0.0f, 1.0f);
    ++x;
  });
  return picture;
}

std::vector<WaveColumn> waveform_overview(std::span<const float> sound, std::size_t columns) {
  std::vector<WaveColumn> out(columns);
  for (std::size_t c = 0; c < columns && !sound.empty(); ++c) {
    const std::size_t from = c * sound.size() / columns,
                      to = std::max(from + 1, (c + 1) * sound.size() / columns);
    out[c] = extremes(sound.subspan(from, to - from));
  }
  return out;
}

}  // namespace entrain
