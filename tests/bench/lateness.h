// By how much later than it should a sound of a file comes in what was played from it, told without a detector: by
// correlating how the level rises there and here.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace entrain::test {

inline constexpr double kStep = 0.00025, kBlock = 0.001, kRise = 0.002;  // seconds
inline constexpr int kBefore = 40, kSteps = 160, kFarthest = 120;        // steps: 10 ms before an onset, 40 and 30 ms
inline constexpr double kAlike = 0.8;  // of a correlation: less is another sound
inline constexpr double kClear = 0.1;  // by so much all is less that lies kNear from the best and farther, or nobody knows
inline constexpr std::ptrdiff_t kNear = 16;  // steps

/// How the level rises from `at` on, at kSteps times kStep * pace apart.
inline std::vector<double> rises(const std::vector<float>& sound, int rate, double at, double pace) {
  const auto count = static_cast<std::ptrdiff_t>(kBlock * rate);
  const auto level = [&](double seconds) {
    const auto from = static_cast<std::ptrdiff_t>(seconds * rate);
    double sum = 0;
    for (auto i = std::max<std::ptrdiff_t>(0, from); i < std::min(std::ssize(sound), from + count); ++i) {
      const auto x = static_cast<double>(sound[static_cast<std::size_t>(i)]);
      sum += x * x;
    }
    return std::sqrt(sum / static_cast<double>(count));
  };
  std::vector<double> out;
  for (int k = 0; k < kSteps; ++k) {
    const double now = at + k * kStep * pace;
    out.push_back(std::max(0.0, level(now) - level(now - kRise * pace)));
  }
  return out;
}

inline double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double both = 0, one = 1e-30, other = 1e-30;
  for (std::size_t k = 0; k < a.size(); ++k) {
    both += a[k] * b[k];
    one += a[k] * a[k];
    other += b[k] * b[k];
  }
  return both / std::sqrt(one * other);
}

/// By how much later than `due` the sound at `at` in the file comes in what was played, ms, where that is clear;
/// `pace`: seconds of the file in one of what was played.
inline std::optional<double> late(const std::vector<float>& file, int file_rate, double at,
                                  const std::vector<float>& played, int rate, double due, double pace) {
  const auto pattern = rises(file, file_rate, at - kBefore * kStep * pace, pace);
  std::vector<double> alike;
  for (int d = -kFarthest; d <= kFarthest; ++d)
    alike.push_back(correlation(pattern, rises(played, rate, due + (d - kBefore) * kStep, 1)));
  const auto best = std::max_element(alike.begin(), alike.end());
  const std::ptrdiff_t lag = best - alike.begin();
  for (std::ptrdiff_t k = 0; k < std::ssize(alike); ++k)
    if (std::abs(k - lag) >= kNear && alike[static_cast<std::size_t>(k)] > *best - kClear) return std::nullopt;
  return *best < kAlike ? std::nullopt : std::optional(static_cast<double>(lag - kFarthest) * kStep * 1000);
}

}  // namespace entrain::test
