#include "engine/analysis/true_peak.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "engine/analysis/samples.h"
#include "engine/analysis/wide.h"

namespace entrain {
namespace {

constexpr std::size_t kBlock = 64;     // samples decided on together
constexpr std::size_t kMostTaps = 24;  // of a point between two samples
constexpr int kWindow = 48;            // length of the window, in points

/// What the points between two samples are made of.
struct Interpolator {
  std::size_t taps = 0;
  std::vector<std::array<float, kMostTaps>> points;
  float gain = 1;  ///< how many times as large as the samples a point can be

  /// `parts`: 2 or 4, into which the way from sample to sample is divided.
  explicit Interpolator(int parts)
      : taps(static_cast<std::size_t>(kWindow / parts)), points(static_cast<std::size_t>(parts - 1)) {
    for (int p = 1; p < parts; ++p) {
      float sum = 0;
      auto& point = points[static_cast<std::size_t>(p - 1)];
      for (std::size_t k = 0; k < taps; ++k) {
        const int at = p + static_cast<int>(k) * parts;
        const double x = std::numbers::pi * (at - kWindow / 2) / parts;
        const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * at / kWindow);
        point[k] = static_cast<float>(std::sin(x) / x * hann);
        sum += std::abs(point[k]);
      }
      gain = std::max(gain, sum);
    }
  }
};

/// The highest of kBlock values of one point; `x` holds taps - 1 samples before them.
float highest_between(const std::array<float, kMostTaps>& point, std::size_t taps, const float* x) {
  float y[kBlock];
  widely([=, &point, out = y] {
    float sums[kBlock] = {};
    for (std::size_t k = 0; k < taps; ++k)
      for (std::size_t b = 0; b < kBlock; ++b) sums[b] += point[k] * x[b + k];
    std::copy_n(sums, kBlock, out);
  });
  return highest(y);
}

}  // namespace

float true_peak(std::span<const float> sound, int rate) {
  std::vector<float> tops;  // of the samples of each block
  for (std::size_t from = 0; from < sound.size(); from += kBlock)
    tops.push_back(highest(sound.subspan(from, std::min(kBlock, sound.size() - from))));
  float most = tops.empty() ? 0 : *std::ranges::max_element(tops);
  if (rate >= 192'000 || !(most > 0)) return most;

  const Interpolator between(rate < 96'000 ? 4 : 2);
  const auto before = static_cast<std::int64_t>(between.taps) - 1,
             size = static_cast<std::int64_t>(sound.size());
  for (std::size_t b = 0; b <= tops.size(); ++b) {  // one more: what comes after the last sample
    const float near = std::max(b > 0 ? tops[b - 1] : 0, b < tops.size() ? tops[b] : 0);
    if (near * between.gain <= most) continue;
    std::array<float, kBlock + kMostTaps> x{};
    const std::int64_t from = static_cast<std::int64_t>(b * kBlock) - before;
    for (std::int64_t i = std::max<std::int64_t>(from, 0);
         i < std::min(size, from + before + static_cast<std::int64_t>(kBlock)); ++i)
      x[static_cast<std::size_t>(i - from)] = sound_or_silence(sound[static_cast<std::size_t>(i)]);
    for (const auto& point : between.points)
      most = std::max(most, highest_between(point, between.taps, x.data()));
  }
  return most;
}

}  // namespace entrain
