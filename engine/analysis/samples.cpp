#include "engine/analysis/samples.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "engine/analysis/wide.h"

namespace entrain {

int silence_odd_samples(std::span<float> sound) {
  return widely([=] {
    int odd = 0;
    for (float& x : sound) {
      const float kept = sound_or_silence(x);
      odd += kept != x;  // what is no number does not even equal itself
      x = kept;
    }
    return odd;
  });
}

void divide(std::span<float> sound, float by) {
  widely([=] {
    for (float& x : sound) x /= by;
  });
}

void deinterleave(std::span<const float> stereo, float* left, float* right) {
  widely([=] {
    for (std::size_t i = 0; i < stereo.size() / 2; ++i) {
      left[i] = stereo[2 * i];
      right[i] = stereo[2 * i + 1];
    }
  });
}

float highest(std::span<const float> sound) {
  // Floats that are not negative are in the order of their bits.
  constexpr auto kMagnitude = std::int32_t{0x7fff'ffff}, kMost = std::bit_cast<std::int32_t>(kLargestSample);
  const std::int32_t most = widely([=] {
    std::int32_t most_bits = 0;
    for (const float x : sound) {
      const std::int32_t magnitude = std::bit_cast<std::int32_t>(x) & kMagnitude;
      most_bits = std::max(most_bits, magnitude <= kMost ? magnitude : 0);
    }
    return most_bits;
  });
  return std::bit_cast<float>(most);
}

}  // namespace entrain
