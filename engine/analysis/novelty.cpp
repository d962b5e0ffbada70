#include "engine/analysis/novelty.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/spectral.h"
#include "engine/analysis/stft.h"
#include "engine/analysis/wide.h"

namespace entrain {
namespace {

constexpr double kWindowSeconds = 0.0232, kHopSeconds = 0.0058;
constexpr int kBands = 48;
constexpr double kLowest = 30, kHighest = 16'000;
constexpr double kLowEnd = 150, kMidEnd = 2'500;  // Hz
constexpr float kFloor = 0.003f;                  // -50 dB
constexpr float kBel = 0.1f;                      // of a dB: the logarithm is to base 10
constexpr std::size_t kLag = 2;                   // frames compared: a rise over half a window

/// Magnitudes of bands: frames after frames of `stride` values, a band that is silent on either side of them.
struct Grid {
  std::size_t stride = 0, frames = 0;
  std::vector<float> values;

  const float* bands(std::size_t frame) const { return &values[frame * stride + 1]; }
};

Grid magnitudes(std::span<const float> mono, Stft& stft, const FilterBank& bank) {
  const auto bands = static_cast<std::size_t>(bank.bands());
  Grid grid{bands + 2, stft.frames(mono.size()), {}};
  grid.values.resize(grid.stride * grid.frames);
  for (std::size_t t = 0; t < grid.frames; ++t)
    bank.apply(stft.power(mono, t), std::span(grid.values).subspan(t * grid.stride + 1, bands));
  widely([values = std::span(grid.values)] {
    for (float& v : values) v = std::sqrt(v);
  });
  return grid;
}

/// What the bands from `first` to below `last` of `now` have more than the loudest of their neighbours had
/// `before`.
float rises(const float* now, const float* before, std::size_t first, std::size_t last) {
  float sum = 0;
  for (std::size_t b = first; b < last; ++b) {
    const float* const at = before + b;
    float most = at[0] > at[-1] ? at[0] : at[-1];
    most = at[1] > most ? at[1] : most;
    const float more = now[b] - most;
    sum += more > 0 ? more : 0;
  }
  return sum;
}

}  // namespace

Novelty novelty(std::span<const float> mono, int rate) {
  Stft stft(fast_length(static_cast<int>(std::lround(kWindowSeconds * rate))),
            std::max(1, static_cast<int>(std::lround(kHopSeconds * rate))));
  const FilterBank bank = FilterBank::mel(stft.size(), rate, kBands, kLowest, kHighest);
  Grid grid = magnitudes(mono, stft, bank);
  Novelty out;
  out.rate = static_cast<double>(rate) / stft.hop();
  for (auto* curve : {&out.all, &out.low, &out.mid, &out.high}) curve->assign(grid.frames, 0.0f);
  if (grid.values.empty()) return out;
  out.loudest = largest_of(grid.values);
  if (out.loudest < 1e-9f) return out;
  const float gain = 1 / (kFloor * out.loudest);
  widely([=, values = std::span(grid.values)] {
    for (float& v : values) v = 1 + gain * v;
  });
  decibels_of(grid.values, 0, grid.values);

  const auto bands_below = [&](double hertz) {
    std::size_t b = 0;
    while (b + 2 < grid.stride && bank.centre(static_cast<int>(b)) < hertz) ++b;
    return b;
  };
  const std::size_t low = bands_below(kLowEnd), mid = bands_below(kMidEnd), all = grid.stride - 2;
  const std::vector<float> silence(grid.stride);
  widely([&] {
    for (std::size_t t = 0; t < grid.frames; ++t) {
      const float* const now = grid.bands(t);
      const float* const before = t < kLag ? &silence[1] : grid.bands(t - kLag);
      out.low[t] = kBel * rises(now, before, 0, low);
      out.mid[t] = kBel * rises(now, before, low, mid);
      out.high[t] = kBel * rises(now, before, mid, all);
      out.all[t] = out.low[t] + out.mid[t] + out.high[t];
    }
  });
  return out;
}

}  // namespace entrain
