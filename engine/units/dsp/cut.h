// Cuts: where a sound ends and another one begins, by short straight fades.
#pragma once

#include <algorithm>
#include <cstdint>

namespace entrain {

/// Of n frames: silence up to `fade` frames before `at`, and a rise up to it. Realtime-safe, as end_at().
inline void begin_at(float* left, float* right, std::int64_t at, int fade, int n) noexcept {
  const auto first = static_cast<int>(std::clamp<std::int64_t>(at - fade, 0, n));
  const auto full = static_cast<int>(std::clamp<std::int64_t>(at, 0, n));
  std::fill_n(left, first, 0.0f);
  std::fill_n(right, first, 0.0f);
  for (int i = first; i < full; ++i) {
    const float part = static_cast<float>(i - (at - fade)) / static_cast<float>(fade);
    left[i] *= part;
    right[i] *= part;
  }
}

/// What begin_at() leaves out: the two add up to the whole.
inline void end_at(float* left, float* right, std::int64_t at, int fade, int n) noexcept {
  const auto first = static_cast<int>(std::clamp<std::int64_t>(at - fade, 0, n));
  const auto full = static_cast<int>(std::clamp<std::int64_t>(at, 0, n));
  for (int i = first; i < full; ++i) {
    const float part = 1 - static_cast<float>(i - (at - fade)) / static_cast<float>(fade);
    left[i] *= part;
    right[i] *= part;
  }
  std::fill_n(left + full, n - full, 0.0f);
  std::fill_n(right + full, n - full, 0.0f);
}

}  // namespace entrain
