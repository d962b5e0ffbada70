// What the sequencer plays: one golden per feature, in steps and frames, and the laws of its chances.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/band.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Sixteen thousand steps a second, for laws of large numbers.
constexpr double kFast = 960;
constexpr const char* kFastSpeed = "*256";
constexpr double kFastSteps = kFast / 60 * 4 * 256;  // in a second

}  // namespace

TEST_CASE("a golden for each way to place hits", "[sequencer]") {
  struct Golden {
    std::string name;
    std::vector<const char*> patterns;
    std::vector<Change> changes;
    std::vector<double> hits;  // of the first sixteen sixteenths
  };
  const std::vector<Golden> goldens = {
      {"plain", {"1000100"}, {}, {0, 4, 7, 11, 14}},
      {"speed",
       {"10*1.5"},
       {},
       {0, 4. / 3, 8. / 3, 4, 16. / 3, 20. / 3, 8, 28. / 3, 32. / 3, 12, 40. / 3, 44. / 3}},
      {"backward", {"1100 backward"}, {}, {2, 3, 6, 7, 10, 11, 14, 15}},
      {"pendulum", {"1101 pendulum"}, {}, {0, 1, 3, 5, 6, 7, 9, 11, 12, 13, 15}},
      {"ratchet", {"1{r3}0001{r2}000"}, {}, {0, 1. / 3, 2. / 3, 4, 4.5, 8, 25. / 3, 26. / 3, 12, 12.5}},
      {"a ratchet over slow steps", {"1{r4}/4"}, {}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
      {"micro-timing, but never before the start",
       {"1{t-0.25}0001{t0.25}0001{t-0.5}000"},
       {},
       {0, 4.25, 7.5, 11.75}},
      {"swing moves every second step",
       {"1111"},
       {{"/track/1/swing", 75}},
       {0, 1.5, 2, 3.5, 4, 5.5, 6, 7.5, 8, 9.5, 10, 11.5, 12, 13.5, 14, 15.5}},
      {"a slot launched on the bar begins there",
       {"10", "100"},
       {{"/track/1/slot", 2}},
       {0, 3, 6, 9, 12, 15}},
      {"an empty slot rests", {"1"}, {{"/track/1/slot", 3}}, {}},
      {"a chain", {"11 ->B:2", "100 ->C", "1000000000"}, {}, {0, 1, 2, 3, 4, 7}},
      {"off", {"1"}, {{"/track/1/on", 0}}, {}},
      {"probability 0 and 1", {"1{p0}1{p1}"}, {}, {1, 3, 5, 7, 9, 11, 13, 15}},
  };
  for (const Golden& golden : goldens) {
    INFO(golden.name);
    Band band(track_of(golden.patterns));
    band.play(golden.changes);
    band.run_sixteenths(15.9);
    const std::vector<double> heard = band.places();
    std::string list;
    for (const double place : heard) list += std::to_string(place) + " ";
    INFO(list);
    CHECK(same(heard, golden.hits));
  }
}

TEST_CASE("a launch waits for its line and begins at the first step there; at once, it goes on where it is",
          "[sequencer]") {
  for (const Grid grid : {Grid::bar, Grid::beat, Grid::step}) {
    Band band(track_of({"1", "100000"}));
    band.play();
    band.run_sixteenths(1.5);
    band.rig.post("/track/1/slot", 2, grid);
    band.run_sixteenths(30);
    const double line = grid == Grid::bar ? 16 : grid == Grid::beat ? 4 : 2;
    std::vector<double> expected;
    for (double at = 0; at < line; ++at) expected.push_back(at);
    for (double at = line; at < 30; at += 6) expected.push_back(at);
    CHECK(same(band.places(), expected));
  }
  Band band(track_of({"1", "100000"}));
  band.play();
  band.run_sixteenths(1.5);
  band.rig.post("/track/1/slot", 2);
  band.run_sixteenths(20);
  CHECK(same(band.places(), {0, 1, 6, 12, 18}));
}

TEST_CASE("an edit of steps leaves the walk alone; a change of speed begins on the pattern's own grid",
          "[sequencer]") {
  Band band(track_of({"1000"}));
  Performance next = band.performance;
  next.epoch = 2;
  next.tracks[0] = track_of({"1010*2"});
  band.play();
  band.run_sixteenths(0.5);
  band.rig.schedule({{Beat::beats(2), Grid::beat, &next}});
  band.run_sixteenths(11.9);
  CHECK(same(band.places(), {0, 4, 8, 9, 10, 11}));
}

TEST_CASE("a step with probability p plays p of the time, within three standard deviations", "[sequencer]") {
  constexpr double kSteps = 100'000;
  for (const double p : {0.1, 0.5, 0.9}) {
    Band band(track_of({("1{p" + std::to_string(p) + "}" + kFastSpeed).c_str()}), 7);
    band.play({{"/transport/tempo", kFast}});
    band.rig.run(band.start - band.rig.engine.frame() +
                 static_cast<std::int64_t>(kSteps / kFastSteps * 48'000));
    const auto hits = static_cast<double>(band.places().size());
    INFO("p = " << p << ", " << hits << " hits");
    CHECK(std::abs(hits - p * kSteps) < 3 * std::sqrt(p * (1 - p) * kSteps));
  }
}

TEST_CASE("no-repeat never draws what it drew within its memory, and is even otherwise", "[sequencer]") {
  constexpr int kSamples = 7;
  for (const int memory : {1, 3, 6, 16}) {
    Band band(track_of({(std::string("1") + kFastSpeed).c_str()}, kSamples));
    band.play({{"/transport/tempo", kFast},
               {"/track/1/draw", 1},
               {"/track/1/memory", static_cast<double>(memory)}});
    band.rig.run(48'000 / 2);
    const auto drawn = band.samples();
    REQUIRE(drawn.size() > 5'000);
    const int kept = std::min(memory, kSamples - 1);
    std::vector<int> counts(kSamples);
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      ++counts[static_cast<std::size_t>(drawn[i])];
      for (int back = 1; back <= kept && i >= static_cast<std::size_t>(back); ++back)
        REQUIRE(drawn[i] != drawn[i - static_cast<std::size_t>(back)]);
    }
    for (const int count : counts) CHECK(std::abs(count - static_cast<int>(drawn.size()) / kSamples) < 150);
  }
}

TEST_CASE("round-robin takes turns; nearest and farthest walk along the timbre", "[sequencer]") {
  Band turns(track_of({"1"}, 3));
  turns.play({{"/track/1/draw", 2}});
  turns.run_sixteenths(6.9);
  CHECK(turns.samples() == std::vector<int>{0, 1, 2, 0, 1, 2, 0});

  // Five samples on a line: 0 1 2 3 4. With a memory of four every walk visits all before it comes again.
  Track line = *track_of({"1*16"}, 5);
  auto cluster = std::make_shared<Cluster>(*line.cluster);
  cluster->neighbours = {1, 2, 3, 4, 0, 2, 3, 4, 1, 3, 0, 4, 2, 4, 1, 0, 3, 2, 1, 0};
  line.cluster = cluster;
  const auto walk = [&](double mode, double memory, double sixteenths) {
    Band band(std::make_shared<const Track>(line));
    band.play({{"/track/1/draw", mode}, {"/track/1/memory", memory}});
    band.run_sixteenths(sixteenths);
    return band.samples();
  };
  const auto mean_step = [](const std::vector<int>& drawn) {
    double steps = 0;
    for (std::size_t i = 1; i < drawn.size(); ++i) steps += std::abs(drawn[i] - drawn[i - 1]);
    return steps / static_cast<double>(drawn.size() - 1);
  };
  const double near = mean_step(walk(3, 1, 25)), far = mean_step(walk(4, 1, 25)),
               chance = mean_step(walk(1, 1, 25));
  INFO(near << ' ' << chance << ' ' << far);
  CHECK(near < 0.75 * chance);
  CHECK(far > 1.25 * chance);
  for (const double mode : {3.0, 4.0}) {
    const auto drawn = walk(mode, 4, 5);
    for (std::size_t i = 5; i + 5 < drawn.size(); i += 5)
      CHECK(std::set<int>(drawn.begin() + static_cast<std::ptrdiff_t>(i),
                          drawn.begin() + static_cast<std::ptrdiff_t>(i) + 5)
                .size() == 5);
  }
}

TEST_CASE("a walk along the timbre takes the nearest three times in four, and goes round in no small circle",
          "[sequencer]") {
  // Two pairs that lie close together, far from each other: the nearest alone would never leave its pair.
  Track pairs = *track_of({"1*16"}, 4);
  auto cluster = std::make_shared<Cluster>(*pairs.cluster);
  cluster->neighbours = {1, 2, 3, 0, 2, 3, 3, 1, 0, 2, 1, 0};
  pairs.cluster = cluster;
  Band band(std::make_shared<const Track>(pairs));
  band.play({{"/track/1/draw", 3}, {"/track/1/memory", 1}});
  band.run_sixteenths(63);
  const auto drawn = band.samples();
  std::array<int, 4> counts{};
  int nearest = 0, free = 0;
  for (std::size_t i = 2; i < drawn.size(); ++i) {
    ++counts[static_cast<std::size_t>(drawn[i])];
    const int near = drawn[i - 1] ^ 1;
    CHECK(drawn[i] != drawn[i - 1]);
    ++free;
    nearest += drawn[i] == near;
  }
  for (const int count : counts) CHECK(count > 100);
  CHECK(std::abs(nearest - 0.75 * free) < 3 * std::sqrt(free * 0.75 * 0.25));
}

TEST_CASE("held draws come again every round, until they are rolled anew", "[sequencer]") {
  Band band(track_of({"1101"}, 50));
  band.play();
  band.run_sixteenths(15.5);
  band.rig.post("/track/1/hold", 1);
  band.run_sixteenths(47.5);
  const auto held = band.samples();
  for (std::size_t i = 12; i < 36; ++i) CHECK(held[i] == held[i - 3]);
  CHECK_FALSE(std::equal(held.begin(), held.begin() + 3, held.begin() + 3));
  band.rig.post("/track/1/reroll", 1);
  band.run_sixteenths(79.5);
  const auto rolled = band.samples();
  CHECK_FALSE(std::equal(rolled.begin() + 33, rolled.begin() + 36, rolled.begin() + 36));
  for (std::size_t i = 39; i < 60; ++i) CHECK(rolled[i] == rolled[i - 3]);
}

TEST_CASE("a locked step plays its sample whatever the mode; a lock that leads nowhere draws",
          "[sequencer]") {
  Band band(track_of({"1{s3}1{s9}"}, 4));
  band.play();
  band.run_sixteenths(64);
  std::set<int> drawn;
  for (std::size_t i = 0; i < band.samples().size(); ++i) {
    if (i % 2 == 0) CHECK(band.samples()[i] == 2);
    if (i % 2 == 1) drawn.insert(band.samples()[i]);
  }
  CHECK(drawn.size() == 4);
}

TEST_CASE("accents, velocities and the groove's template set the level", "[sequencer]") {
  Band band(track_of({"1{v0.5}1{a}1{v0.5 a}1"}));
  band.performance.groove = std::make_shared<const Groove>(Groove{"g", {{0, 1}, {0.25f, 0.5f}}});
  band.play({{"/track/1/accent", 6}});
  band.run_sixteenths(4);
  std::vector<float> levels;
  for (const Report& r : band.rig.reports) levels.push_back(r.velocity);
  const double accent = std::pow(10, 0.3);
  const std::vector<double> expected = {0.5, accent * 0.5, 0.5 * accent, 0.5};
  REQUIRE(levels.size() == 4);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(static_cast<double>(levels[i]) == Approx(expected[i]).epsilon(1e-4));
  CHECK(same(band.places(), {0, 1.25, 2, 3.25}));
}

TEST_CASE("humanise strays within its bounds, the same way every time, and keeps the order", "[sequencer]") {
  std::vector<double> first;
  for (int time = 0; time < 2; ++time) {
    Band band(track_of({"1"}));
    band.play({{"/track/1/humanise", 1}});
    band.run_sixteenths(256);
    const auto heard = band.places();
    CHECK(heard.size() >= 255);
    double most = 0, sum = 0;
    for (std::size_t i = 1; i < 255; ++i) {
      const double off = heard[i] - static_cast<double>(i);
      most = std::max(most, std::abs(off));
      sum += off;
    }
    CHECK(most <= 0.126);
    CHECK(most > 0.08);
    CHECK(std::abs(sum / 254) < 0.02);
    CHECK(std::is_sorted(heard.begin(), heard.end()));
    if (time == 1) CHECK(heard == first);
    first = heard;
  }
}

TEST_CASE("removing one hit changes nothing after it", "[sequencer]") {
  const auto hits = [](const char* pattern) {
    Band band(track_of({pattern}, 100));
    band.play({{"/track/1/humanise", 0.5}});
    band.run_sixteenths(64);
    std::map<std::int64_t, std::pair<int, float>> all;
    for (const Report& r : band.rig.reports) all[r.step] = {r.sample, r.velocity};
    return all;
  };
  auto full = hits("1111111111111111"), less = hits("1110111111111111");
  for (auto& [step, what] : less) CHECK(full.at(step) == what);
  CHECK(less.size() == full.size() - 4);
}
