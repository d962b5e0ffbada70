#include "engine/analysis/spectrogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/analysis/samples.h"
#include "engine/analysis/spectral.h"

namespace entrain {
namespace {

constexpr int kColumnsPerPixel = 8;
constexpr float kRange = 80;  // dB above the floor

/// For each of `to` pixels the weights of the `from` values it is made of.
struct Pixel {
  std::size_t first = 0;
  std::vector<float> weights;  ///< their sum is 1
};

std::vector<Pixel> pixels(std::size_t from, std::size_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to), reach = std::max(scale, 1.0);
  std::vector<Pixel> out(to);
  for (std::size_t p = 0; p < to; ++p) {
    const double centre = (static_cast<double>(p) + 0.5) * scale;
    const auto low = std::max(0.0, std::floor(centre - reach)),
               high = std::min(static_cast<double>(from), std::ceil(centre + reach));
    out[p].first = static_cast<std::size_t>(low);
    double sum = 0;
    for (double i = low; i < high; ++i) {
      const double weight = std::max(0.0, 1 - std::abs(i + 0.5 - centre) / reach);
      out[p].weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : out[p].weights) weight = static_cast<float>(static_cast<double>(weight) / sum);
  }
  return out;
}

float mean_of(const Pixel& pixel, const float* values) {
  float sum = 0;
  for (std::size_t i = 0; i < pixel.weights.size(); ++i) sum += pixel.weights[i] * values[i];
  return sum;
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
  for (std::size_t c = 0; c < columns; ++c)
    highest = std::max(highest, *std::ranges::max_element(spectra.power(c * step)));
  if (!(highest > 0) || !std::isfinite(highest)) return picture;
  const float scale = 1 / std::max(highest, std::numeric_limits<float>::min());
  const auto rows = pixels(static_cast<std::size_t>(spectra.bins()), h);
  std::vector<float> squeezed(columns * h), levels(rows.back().first + rows.back().weights.size());
  for (std::size_t c = 0; c < columns; ++c) {
    const auto power = spectra.power(c * step);
    for (std::size_t b = 0; b < levels.size(); ++b) levels[b] = scale * power[b];
    decibels_of(levels, -kRange, levels);
    for (float& level : levels) level += kRange;  // 0: the floor
    for (std::size_t r = 0; r < h; ++r) squeezed[c * h + r] = mean_of(rows[r], &levels[rows[r].first]);
  }
  const auto across = pixels(columns, w);
  std::vector<float> column(h);  // from the lowest row
  for (std::size_t x = 0; x < w; ++x) {
    std::ranges::fill(column, 0.0f);
    for (std::size_t i = 0; i < across[x].weights.size(); ++i)
      for (std::size_t r = 0; r < h; ++r)
        column[r] += across[x].weights[i] * squeezed[(across[x].first + i) * h + r];
    for (std::size_t r = 0; r < h; ++r)
      picture.levels[(h - 1 - r) * w + x] = std::clamp(column[r] / kRange, 0.0f, 1.0f);
  }
  return picture;
}

std::vector<WaveColumn> waveform_overview(std::span<const float> sound, std::size_t columns) {
  std::vector<WaveColumn> out(columns);
  for (std::size_t c = 0; c < columns && !sound.empty(); ++c) {
    const std::size_t from = c * sound.size() / columns,
                      to = std::max(from + 1, (c + 1) * sound.size() / columns);
    WaveColumn column{sound_or_silence(sound[from]), sound_or_silence(sound[from])};
    for (const float x : sound.subspan(from, to - from))
      column = {std::min(column.low, sound_or_silence(x)), std::max(column.high, sound_or_silence(x))};
    out[c] = column;
  }
  return out;
}

}  // namespace entrain
