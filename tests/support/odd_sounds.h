// Sounds that analysis must survive, and noise that it may count on.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
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

/// By name; up to two seconds long at `rate`.
inline std::map<std::string, std::vector<float>> named_odd_sounds(int rate) {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  const auto second = static_cast<std::size_t>(rate);
  std::map<std::string, std::vector<float>> sounds{
      {"nothing", {}},
      {"one silent sample", {0.0f}},
      {"one sample", {1.0f}},
      {"two samples", {1, -1}},
      {"silence", std::vector<float>(second)},
      {"direct current", std::vector<float>(second, 1.0f)},
      {"absurd", std::vector<float>(second, 1e30f)},
      {"three that are no numbers", {kInfinite, -kInfinite, std::nanf("")}},
      {"infinite", std::vector<float>(2 * second, kInfinite)},
      {"no numbers", std::vector<float>(second, std::nanf(""))}};
  sounds["no numbers"][second / 2] = kInfinite;
  auto& click = sounds["click"] = std::vector<float>(second);
  click[second / 2] = 1;
  const auto noise = sounds["noise"] = white_noise(2 * second);
  const auto each = [&](const char* name, auto change) {
    for (const float x : noise) sounds[name].push_back(change(x));
  };
  each("clipping", [](float x) { return x > 0 ? 1.0f : -1.0f; });
  each("tiny", [](float x) { return x * 1e-38f; });
  each("very quiet", [](float x) { return x * 1e-30f; });
  each("huge", [](float x) { return x * 1e6f; });
  return sounds;
}

/// The same without names.
inline std::vector<std::vector<float>> odd_sounds(int rate) {
  std::vector<std::vector<float>> sounds;
  for (const auto& [name, sound] : named_odd_sounds(rate)) sounds.push_back(sound);
  return sounds;
}

}  // namespace entrain::test
