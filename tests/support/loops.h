// Loops for tests of decks: hits on given beats, and where they are heard.
#pragma once

#include <cmath>
#include <memory>
#include <vector>

#include "tests/support/rig.h"

namespace entrain::test {

inline std::shared_ptr<const Loop> make_loop(std::shared_ptr<const Asset> asset, int beats) {
  return make_deck(std::move(asset), beats)->loop;
}

/// `beats` beats at 120 BPM and 48 kHz, with a short hit at each of `at` over a quiet bed.
inline std::shared_ptr<const Asset> clicks_on(const std::vector<double>& at, int beats) {
  constexpr std::int64_t kFrames = 24'000;
  const auto bed = make_noise(beats * kFrames, 0.002f);
  return make_asset(beats * kFrames, [&](std::int64_t i) {
    float sum = bed->left[static_cast<std::size_t>(i)];
    for (const double beat : at) {
      const double t = static_cast<double>(i) - beat * kFrames;
      if (t >= 0 && t < 400) sum += static_cast<float>(0.6 * std::exp(-t / 60) * std::cos(t * 0.9));
    }
    return sum;
  });
}

/// Where the hit nearest to `expected` begins: the steepest rise of energy over 0.5 ms, within 40 ms.
inline std::int64_t rise_near(const std::vector<float>& x, std::int64_t expected) {
  constexpr int kWindow = 24, kReach = 1'920;
  const auto energy = [&](std::int64_t from) {
    double sum = 0;
    for (int i = 0; i < kWindow; ++i) sum += std::pow(x[static_cast<std::size_t>(from + i)], 2);
    return sum;
  };
  std::int64_t best = expected;
  double steepest = -1;
  for (std::int64_t at = expected - kReach; at < expected + kReach; at += 2) {
    const double rise = energy(at) - energy(at - kWindow);
    if (rise > steepest) steepest = rise, best = at;
  }
  return best;
}

}  // namespace entrain::test
