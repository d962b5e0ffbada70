// Where the beats of a stretched loop are heard.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/stretched_loops.h"

namespace entrain::test {

/// Two passes of a second-order high-pass at 6 kHz: leaves the attacks.
inline std::vector<double> edges(const std::vector<float>& x) {
  std::vector<double> y(x.begin(), x.end());
  const double w = std::tan(kPi * 6'000 / kRate), k = std::sqrt(2.0) * w, n = 1 / (1 + k + w * w);
  for (int pass = 0; pass < 2; ++pass) {
    double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    for (double& v : y) {
      const double in = v;
      v = n * (in - 2 * x1 + x2 - 2 * (w * w - 1) * y1 - (1 - k + w * w) * y2);
      x2 = x1, x1 = in, y2 = y1, y1 = v;
    }
  }
  return y;
}

/// Where within 20 ms of `near` the energy of the next millisecond most exceeds that of the last.
inline double attack_near(const std::vector<double>& edge, double near) {
  constexpr int m = kRate / 1000;
  double best = -1, at = near;
  for (int i = static_cast<int>(near) - 20 * m; i < static_cast<int>(near) + 20 * m; ++i) {
    double step = 0;
    for (int j = 0; j < m; ++j)
      step += std::pow(edge[static_cast<std::size_t>(i + j)], 2) -
              std::pow(edge[static_cast<std::size_t>(i - 1 - j)], 2);
    if (step > best) best = step, at = i;
  }
  return at;
}

struct HeardBeat {
  double frame, error;  ///< output frame since the launch, ms
};
inline std::vector<HeardBeat> heard_beats(const MadeLoop& pcm, const TempoMap& map,
                                          const std::vector<float>& out) {
  const auto edge = edges(out);
  std::vector<HeardBeat> found;
  for (int round = 0;; ++round)
    for (const double attack : pcm.attacks) {
      const double at = map.frame_of(attack + round * static_cast<double>(pcm.left.size())) -
                        static_cast<double>(quantum_of(kLaunch));
      if (at < 2'000) continue;
      if (at + 2'000 > static_cast<double>(out.size())) return found;
      found.push_back({at, std::abs(attack_near(edge, at) - at) * 1000 / kRate});
    }
}

inline double worst_of(const std::vector<HeardBeat>& all, double p, double from = 0, double to = 1e18) {
  std::vector<double> v;
  for (const HeardBeat& b : all)
    if (b.frame >= from && b.frame < to) v.push_back(b.error);
  REQUIRE(v.size() >= 6);
  std::sort(v.begin(), v.end());
  return v[std::min(v.size() - 1, static_cast<std::size_t>(p * static_cast<double>(v.size())))];
}

}  // namespace entrain::test
