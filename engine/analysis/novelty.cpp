#include "engine/analysis/novelty.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/stft.h"

namespace entrain {
namespace {

constexpr double kWindowSeconds = 0.0232, kHopSeconds = 0.0058;
constexpr int kBands = 48;
constexpr double kLowest = 30, kHighest = 16'000;
constexpr double kLowEnd = 150, kMidEnd = 2'500;  // Hz
constexpr float kFloor = 0.003f;                  // -50 dB
constexpr std::size_t kLag = 2;                   // frames compared: a rise over half a window

int even(double x) { return std::max(2, 2 * static_cast<int>(std::lround(x / 2))); }

/// The square roots of band powers: frames after frames of `bands` values each.
std::vector<float> magnitudes(std::span<const float> mono, Stft& stft, const FilterBank& bank) {
  const auto bands = static_cast<std::size_t>(bank.bands());
  const std::size_t frames = stft.frames(mono.size());
  std::vector<float> all(frames * bands);
  for (std::size_t t = 0; t < frames; ++t) {
    const auto row = std::span(all).subspan(t * bands, bands);
    bank.apply(stft.power(mono, t), row);
    for (float& v : row) v = std::sqrt(v);
  }
  return all;
}

/// What each band of `now` has more than the loudest of its neighbours had `before`.
float rise(const float* now, const float* before, std::size_t b, std::size_t bands) {
  float most = before[b];
  if (b > 0) most = std::max(most, before[b - 1]);
  if (b + 1 < bands) most = std::max(most, before[b + 1]);
  return std::max(0.0f, now[b] - most);
}

}  // namespace

Novelty novelty(std::span<const float> mono, int rate) {
  Stft stft(even(kWindowSeconds * rate), std::max(1, static_cast<int>(std::lround(kHopSeconds * rate))));
  const FilterBank bank = FilterBank::mel(stft.size(), rate, kBands, kLowest, kHighest);
  const auto bands = static_cast<std::size_t>(bank.bands());
  std::vector<float> grid = magnitudes(mono, stft, bank);
  Novelty out;
  out.rate = static_cast<double>(rate) / stft.hop();
  const std::size_t frames = stft.frames(mono.size());
  for (auto* curve : {&out.all, &out.low, &out.mid, &out.high}) curve->assign(frames, 0.0f);
  if (grid.empty()) return out;
  out.loudest = *std::max_element(grid.begin(), grid.end());
  if (out.loudest < 1e-9f) return out;
  const float gain = 1 / (kFloor * out.loudest);
  for (float& v : grid) v = std::log10(1 + gain * v);

  const std::vector<float> silence(bands);
  for (std::size_t t = 0; t < frames; ++t) {
    const float* const now = &grid[t * bands];
    const float* const before = t < kLag ? silence.data() : &grid[(t - kLag) * bands];
    for (std::size_t b = 0; b < bands; ++b) {
      const float more = rise(now, before, b, bands);
      const double hertz = bank.centre(static_cast<int>(b));
      (hertz < kLowEnd ? out.low : hertz < kMidEnd ? out.mid : out.high)[t] += more;
    }
    out.all[t] = out.low[t] + out.mid[t] + out.high[t];
  }
  return out;
}

}  // namespace entrain
