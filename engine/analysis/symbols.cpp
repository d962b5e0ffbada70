#include "engine/analysis/symbols.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/analysis/stft.h"

namespace entrain {
namespace {

constexpr int kWindow = 2'048, kHop = 512;  // the seed's
constexpr float kSymbolFloor = -80;               // dB; librosa's top_db
constexpr float kLeastPower = 1e-10f;       // librosa's amin, squared
constexpr float kScale = 512 * 512;         // from our powers to librosa's, whose sines of 1 read 512

/// Parts of an axis: `size` values from `first`, at least one where there is any.
struct Part {
  std::size_t first = 0, size = 0;
};

Part part_of(std::size_t values, int parts, int which) {
  const auto count = static_cast<std::size_t>(parts), at = static_cast<std::size_t>(which);
  if (values >= count) return {at * (values / count), values / count};
  return {at * values / count, std::min<std::size_t>(values, 1)};
}

}  // namespace

std::string_view text_of(Symbol symbol) {
  constexpr std::array<std::string_view, kSymbols> kTexts{"♬", "♫", "♪", "𝄞", "♩"};
  return kTexts[static_cast<std::size_t>(symbol)];
}

std::string_view name_of(Symbol symbol) {
  constexpr std::array<std::string_view, kSymbols> kNames{"strong", "active", "moving", "stable", "quiet"};
  return kNames[static_cast<std::size_t>(symbol)];
}

Symbol symbol_of(float mean, float peak, float variance) {
  // As the seed computes it, so that values on a threshold fall to the same side.
  const double energy = (static_cast<double>(mean) + 80) / 80, top = (static_cast<double>(peak) + 80) / 80;
  if (top > 0.8) return Symbol::strong;
  if (energy > 0.6) return Symbol::active;
  if (std::min(static_cast<double>(variance) / 100, 1.0) > 0.4) return Symbol::moving;
  return energy > 0.3 ? Symbol::stable : Symbol::quiet;
}

Symbol symbol_of(std::span<const float> levels) {
  if (levels.empty()) return Symbol::quiet;
  const auto count = static_cast<double>(levels.size());
  const double mean = std::accumulate(levels.begin(), levels.end(), 0.0) / count;
  double squares = 0;
  for (const float level : levels) squares += std::pow(static_cast<double>(level) - mean, 2);
  return symbol_of(static_cast<float>(mean), *std::ranges::max_element(levels),
                   static_cast<float>(squares / count));
}

DecibelSpectrogram decibel_spectrogram(std::span<const float> sound) {
  Stft stft(kWindow, kHop);
  DecibelSpectrogram out{static_cast<std::size_t>(stft.bins()), 0, {}};
  if (sound.empty()) return out;
  out.frames = sound.size() / kHop + 1;
  out.levels.reserve(out.bins * out.frames);
  for (std::size_t f = 0; f < out.frames; ++f) {
    const auto power = stft.power(sound, f);
    out.levels.insert(out.levels.end(), power.begin(), power.end());
  }
  const float top = std::ranges::max(out.levels) * kScale;
  const bool silent = !(top > kLeastPower) || !std::isfinite(top);
  for (float& level : out.levels) {
    const float power = std::max(level * kScale, kLeastPower);
    level = silent ? kSymbolFloor : std::clamp(10 * std::log10(power / top), kSymbolFloor, 0.0f);
  }
  return out;
}

SymbolGrid symbol_grid(const DecibelSpectrogram& spectrogram, int width, int height) {
  SymbolGrid grid{std::max(width, 1), std::max(height, 1), {}};
  std::vector<float> region;
  for (int y = 0; y < grid.height; ++y)
    for (int x = 0; x < grid.width; ++x) {
      const Part bins = part_of(spectrogram.bins, grid.height, y),
                 frames = part_of(spectrogram.frames, grid.width, x);
      region.clear();
      for (std::size_t f = frames.first; f < frames.first + frames.size; ++f)
        for (std::size_t b = bins.first; b < bins.first + bins.size; ++b)
          region.push_back(spectrogram.at(b, f));
      grid.cells.push_back(symbol_of(region));
    }
  return grid;
}

}  // namespace entrain
