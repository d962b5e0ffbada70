// A band: one track, or several, at work in an engine; where their hits fell and what they played.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/rig.h"

namespace entrain::test {

inline constexpr double kSixteenth = 6'000;  // frames at 120 BPM and 48 kHz

inline std::shared_ptr<const Track> track_of(const std::vector<const char*>& patterns, int samples = 1) {
  auto cluster = std::make_shared<Cluster>();
  for (int i = 0; i < samples; ++i) cluster->samples.push_back(make_click(1));
  Track track{cluster, {}};
  std::size_t slot = 0;
  for (const char* text : patterns) {
    auto pattern = parse_pattern(text);
    REQUIRE(pattern);
    track.patterns[slot++] = std::make_shared<const Pattern>(*pattern);
  }
  return std::make_shared<const Track>(std::move(track));
}

struct Change {
  std::string address;
  double value;
  Grid grid = Grid::now;
};

/// One track at work.
struct Band {
  explicit Band(std::shared_ptr<const Track> track, std::uint64_t seed = 1)
      : rig({48'000, seed, Isa::baseline}) {
    performance.epoch = 1;
    performance.tracks[0] = std::move(track);
  }
  void play(std::vector<Change> changes = {}) {
    rig.load(performance);
    for (const Change& c : changes) rig.post(c.address, c.value, c.grid);
    rig.quantum();
    start = rig.play();
  }
  void run_sixteenths(double n) {
    rig.run(start.index + std::llround(n * kSixteenth) - rig.engine.frame().index);
  }
  /// Where the hits fell, in sixteenths since the start.
  std::vector<double> places() const {
    std::vector<double> all;
    for (const Report& r : rig.reports)
      if (r.what == Report::What::hit) all.push_back(static_cast<double>(r.frame - start) / kSixteenth);
    return all;
  }
  std::vector<int> samples() const {
    std::vector<int> all;
    for (const Report& r : rig.reports) all.push_back(r.sample);
    return all;
  }

  Performance performance;
  Rig rig;
  Frame start;
};

/// To the frame: hits fall on the first frame at or after their beat.
inline bool same(const std::vector<double>& heard, const std::vector<double>& expected) {
  return heard.size() == expected.size() &&
         std::equal(heard.begin(), heard.end(), expected.begin(),
                    [](double a, double b) { return std::abs(a - b) * kSixteenth <= 1.0; });
}

}  // namespace entrain::test
