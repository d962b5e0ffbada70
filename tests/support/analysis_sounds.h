// Sounds made for the laws of analysis: hits, notes, noise.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "engine/analysis/decode.h"

namespace entrain::test {

inline constexpr int kSoundRate = 44'100;

inline std::vector<float> silence(double seconds, int rate = kSoundRate) {
  return std::vector<float>(static_cast<std::size_t>(std::lround(seconds * rate)));
}

/// Adds `level` times what `at(seconds since then)` says, from `from` for `seconds`.
template <class At>
void add_sound(std::vector<float>& x, double from, double seconds, double level, int rate, At at) {
  const auto first = static_cast<std::size_t>(std::lround(from * rate));
  const auto last = std::min(x.size(), first + static_cast<std::size_t>(std::lround(seconds * rate)));
  for (std::size_t i = first; i < last; ++i)
    x[i] += static_cast<float>(level * at(static_cast<double>(i - first) / rate));
}

/// White noise between -1 and 1, the same for the same seed.
class Noise {
 public:
  explicit Noise(std::uint32_t seed) : state_(seed) {}
  double operator()() {
    state_ = state_ * 1'664'525u + 1'013'904'223u;
    return static_cast<double>(static_cast<std::int32_t>(state_)) / 2'147'483'648.0;
  }

 private:
  std::uint32_t state_;
};

inline void add_noise(std::vector<float>& x, double level, std::uint32_t seed) {
  Noise noise(seed);
  for (float& v : x) v += static_cast<float>(level * noise());
}

/// A sine falling from 120 to 50 Hz, a quarter of a second long.
inline void add_kick(std::vector<float>& x, double at, double level, int rate = kSoundRate) {
  double phase = 0;
  add_sound(x, at, 0.25, level, rate, [&, rate](double t) {
    phase += 2 * std::numbers::pi * (50 + 70 * std::exp(-t / 0.03)) / rate;
    return std::sin(phase + 0.8) * std::exp(-t / 0.07) * std::min(1.0, (0.25 - t) / 0.1);
  });
}

/// Noise with the lows taken off, 40 ms long.
inline void add_hat(std::vector<float>& x, double at, double level, int rate = kSoundRate) {
  Noise noise(static_cast<std::uint32_t>(at * 1000) + 7);
  double last = 0, before = 0;
  add_sound(x, at, 0.06, level, rate, [&](double t) {
    const double now = noise(), high = now - 2 * last + before;
    before = last;
    last = now;
    return 0.25 * high * std::exp(-t / 0.015) * std::min(1.0, (0.06 - t) / 0.03);
  });
}

/// Noise with body, a tenth of a second long.
inline void add_snare(std::vector<float>& x, double at, double level, int rate = kSoundRate) {
  Noise noise(static_cast<std::uint32_t>(at * 1000) + 3);
  add_sound(x, at, 0.15, level, rate, [&](double t) {
    return (0.6 * noise() + 0.4 * std::sin(2 * std::numbers::pi * 190 * t)) * std::exp(-t / 0.04) *
           std::min(1.0, (0.15 - t) / 0.05);
  });
}

/// A plucked note of six harmonics that fade the faster the higher they are.
inline void add_note(std::vector<float>& x, double at, double seconds, double hertz, double level,
                     int rate = kSoundRate) {
  add_sound(x, at, seconds, level, rate, [=](double t) {
    double sum = 0;
    for (int k = 1; k <= 6 && k * hertz < 0.45 * rate; ++k)
      sum += std::sin(2 * std::numbers::pi * k * hertz * t) / k * std::exp(-t * k / 0.4);
    return 0.4 * sum * std::min(1.0, (seconds - t) / 0.03);
  });
}

/// The same on both sides.
inline Pcm as_pcm(std::vector<float> mono, int rate = kSoundRate) {
  Pcm pcm;
  pcm.rate = rate;
  pcm.left = mono;
  pcm.right = std::move(mono);
  return pcm;
}

}  // namespace entrain::test
