// Sounds that analysis must survive, and noise that it may count on.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace entrain::test {

/// White noise from -0.5 to 0.5.
inline std::vector<float> white_noise(std::size_t samples, std::uint32_t seed = 1) {
  std::vector<float> out(samples);
  for (float& x : out) {
    seed = seed * 1'664'525u + 1'013'904'223u;
    x = static_cast<float>(seed >> 8) * 0x1p-24f - 0.5f;
  }
  return out;
}

/// None, one sample, silence, DC, a click, clipping, a tiny sound, a huge one, and what is no number.
inline std::vector<std::vector<float>> odd_sounds(int rate) {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  const auto second = static_cast<std::size_t>(rate);
  std::vector<std::vector<float>> sounds{{},
                                         {0.0f},
                                         {1.0f},
                                         {kInfinite, -kInfinite, std::nanf("")},
                                         std::vector<float>(second),
                                         std::vector<float>(second, 1.0f),
                                         std::vector<float>(second * 2, kInfinite)};
  auto click = std::vector<float>(second);
  click[second / 2] = 1;
  auto clipped = white_noise(second), tiny = clipped, huge = clipped;
  for (float& x : clipped) x = x > 0 ? 1.0f : -1.0f;
  for (float& x : tiny) x *= 1e-38f;
  for (float& x : huge) x *= 1e6f;
  for (auto& sound : {click, clipped, tiny, huge}) sounds.push_back(sound);
  return sounds;
}

}  // namespace entrain::test
