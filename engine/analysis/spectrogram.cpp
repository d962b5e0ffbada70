#include "engine/analysis/spectrogram.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/stft.h"

namespace entrain {
namespace {

constexpr int kWindow = 2'048, kHop = 512;  // librosa's, which the seed used
constexpr int kColumnsPerPixel = 16;
constexpr float kRange = 80;  // dB

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

float level_of(float power, float top) {
  if (!(power > 0)) return 0;
  return std::clamp(1 + 10 * std::log10(power / top) / kRange, 0.0f, 1.0f);
}

}  // namespace

Thumbnail spectrogram_thumbnail(std::span<const float> sound, int width, int height) {
  Thumbnail picture{std::clamp(width, 1, 4'096), std::clamp(height, 1, 4'096), {}};
  const auto w = static_cast<std::size_t>(picture.width), h = static_cast<std::size_t>(picture.height);
  picture.levels.resize(w * h);
  Stft stft(kWindow, kHop);
  const std::size_t frames = stft.frames(sound.size()), most = kColumnsPerPixel * w;
  const std::size_t step = std::max<std::size_t>(1, (frames + most - 1) / most),
                    columns = (frames + step - 1) / step;
  if (columns == 0) return picture;
  const auto bins = static_cast<std::size_t>(stft.bins());
  std::vector<float> powers;
  powers.reserve(columns * bins);
  for (std::size_t c = 0; c < columns; ++c) {
    const auto power = stft.power(sound, c * step);
    powers.insert(powers.end(), power.begin(), power.end());
  }
  const float top = *std::ranges::max_element(powers);
  if (!(top > 0) || !std::isfinite(top)) return picture;
  const auto rows = pixels(bins, h);
  std::vector<float> squeezed(columns * h), levels(bins);  // of each column, from the lowest row
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t b = 0; b < bins; ++b) levels[b] = level_of(powers[c * bins + b], top);
    for (std::size_t r = 0; r < h; ++r)
      for (std::size_t i = 0; i < rows[r].weights.size(); ++i)
        squeezed[c * h + r] += rows[r].weights[i] * levels[rows[r].first + i];
  }
  const auto across = pixels(columns, w);
  for (std::size_t x = 0; x < w; ++x)
    for (std::size_t i = 0; i < across[x].weights.size(); ++i)
      for (std::size_t r = 0; r < h; ++r)
        picture.levels[(h - 1 - r) * w + x] += across[x].weights[i] * squeezed[(across[x].first + i) * h + r];
  return picture;
}

std::vector<WaveColumn> waveform_overview(std::span<const float> sound, std::size_t columns) {
  std::vector<WaveColumn> out(columns);
  for (std::size_t c = 0; c < columns && !sound.empty(); ++c) {
    const std::size_t from = c * sound.size() / columns,
                      to = std::max(from + 1, (c + 1) * sound.size() / columns);
    const auto value = [](float x) { return std::isfinite(x) ? x : 0.0f; };
    out[c] = {value(sound[from]), value(sound[from])};
    for (const float x : sound.subspan(from, to - from))
      out[c] = {std::min(out[c].low, value(x)), std::max(out[c].high, value(x))};
  }
  return out;
}

}  // namespace entrain
