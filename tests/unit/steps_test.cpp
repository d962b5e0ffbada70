// What a step does beside its neighbours: groove, chance, ratchets, locks, held draws, chains; and the drawer
// alone.
#include <set>

#include "engine/core/drawer.h"
#include "tests/support/band.h"

using namespace entrain;
using namespace entrain::test;

namespace {

std::shared_ptr<const Groove> groove_of(std::vector<Groove::Sixteenth> sixteenths) {
  return std::make_shared<const Groove>(Groove{"g", std::move(sixteenths)});
}

/// The same pattern on tracks 1 and 2, each with a hundred samples; reports by track.
struct Pair : Band {
  Pair(const char* pattern, const char* control, double value) : Band(track_of({pattern}, 100)) {
    performance.tracks[1] = performance.tracks[0];
    play({{std::string("/track/1/") + control, value}, {std::string("/track/2/") + control, value}});
    run_sixteenths(63.5);
    for (const Report& r : rig.reports) by_track[static_cast<std::size_t>(r.unit)].push_back(r);
  }
  std::vector<double> of(std::size_t track, auto what) const {
    std::vector<double> all;
    for (const Report& r : by_track[track]) all.push_back(what(r));
    return all;
  }
  std::array<std::vector<Report>, 2> by_track;
};

std::vector<float> velocities(const Band& band) {
  std::vector<float> all;
  for (const Report& r : band.rig.reports) all.push_back(r.velocity);
  return all;
}

/// Everything that no-repeat draws after what was heard, over many chances.
std::set<int> drawn_after(const std::vector<int>& heard, int memory, int size) {
  Cluster cluster;
  cluster.samples.resize(static_cast<std::size_t>(size));
  std::set<int> all;
  for (std::uint64_t bits = 1; bits < 200; ++bits) {
    Drawer drawer;
    drawer.reset();
    for (const int sample : heard) drawer.heard(sample);
    all.insert(drawer.draw(cluster, {DrawMode::no_repeat, memory, mix_bits(bits)}));
  }
  return all;
}

}  // namespace

TEST_CASE("a groove is followed as far as the control says, in parts of a sixteenth", "[sequencer]") {
  Band band(track_of({"1*2"}));
  band.performance.groove = groove_of({{0, 1}, {0.1f, 0.5f}});
  band.play({{"/track/1/groove", 0.5}});
  band.run_sixteenths(2.4);
  CHECK(same(band.places(), {0, 0.5, 1.05, 1.55, 2}));
  CHECK(velocities(band) == std::vector<float>{1, 1, 0.75f, 0.75f, 1});
}

TEST_CASE("a groove begins again with each bar, and a hit keeps the level of the step it left",
          "[sequencer]") {
  Band band(track_of({"1"}));
  band.performance.groove = groove_of({{0.1f, 1}, {-0.25f, 0.5f}, {0, 1}});
  band.play();
  band.run_sixteenths(18.5);
  CHECK(same(band.places(), {0.1, 0.75, 2, 3.1, 3.75, 5, 6.1, 6.75, 8, 9.1, 9.75, 11, 12.1, 12.75, 14, 15.1,
                             16.1, 16.75, 18}));
  CHECK(velocities(band)[1] == 0.5f);
}

TEST_CASE("whatever moves a step, it falls at most half a step from its place", "[sequencer]") {
  Band band(track_of({"11{t0.5}"}));
  band.play({{"/track/1/swing", 75}});
  band.run_sixteenths(3.9);
  CHECK(same(band.places(), {0, 1.5, 2, 3.5}));
}

TEST_CASE("humanise moves level and time apart, and each track its own way", "[sequencer]") {
  const Pair pair("1", "humanise", 1);
  const auto level = [](const Report& r) { return static_cast<double>(r.velocity) - 1; };
  const auto late = [](const Report& r) { return 4 * r.beat.value() - static_cast<double>(r.step); };
  const auto levels = pair.of(0, level), off = pair.of(0, late);
  double most = 0, like = 0;
  for (std::size_t i = 1; i < levels.size(); ++i) {
    most = std::max(most, std::abs(levels[i]));
    like += std::abs(levels[i] - 2 * off[i]) < 1e-3 ? 1 : 0;
  }
  CHECK(most <= 0.25);
  CHECK(most > 0.15);
  CHECK(like < 8);
  CHECK(levels != pair.of(1, level));
  CHECK(off != pair.of(1, late));
}

TEST_CASE("chance falls anew on every track", "[sequencer]") {
  const Pair pair("1{p0.5}", "swing", 50);
  const auto step = [](const Report& r) { return static_cast<double>(r.step); };
  CHECK(pair.of(0, step) != pair.of(1, step));
}

TEST_CASE("what a hit draws does not depend on where swing moves it", "[sequencer]") {
  std::vector<int> straight;
  for (const double swing : {50.0, 70.0}) {
    Band band(track_of({"1"}, 100));
    band.play({{"/track/1/swing", swing}});
    band.run_sixteenths(31.9);
    if (swing > 50) CHECK(band.samples() == straight);
    straight = band.samples();
  }
}

TEST_CASE("a ratchet counts from its hit, keeps its velocity, and ends with the next hit or with its track",
          "[sequencer]") {
  Band swung(track_of({"11{r2 v0.5}00"}));
  swung.play({{"/track/1/swing", 75}});
  swung.run_sixteenths(4.5);
  CHECK(same(swung.places(), {0, 1.5, 2, 4}));
  CHECK(velocities(swung) == std::vector<float>{1, 0.5f, 0.5f, 1});
  Band cut(track_of({"1{t0.5 r4}1"}));
  cut.play();
  cut.run_sixteenths(3.9);
  CHECK(same(cut.places(), {0.5, 0.75, 1, 2.5, 2.75, 3}));
  Band off(track_of({"1{r8}/8"}));
  off.play();
  off.run_sixteenths(2.5);
  off.rig.post("/track/1/on", 0);
  off.run_sixteenths(7.5);
  CHECK(same(off.places(), {0, 1, 2}));
}

TEST_CASE("a ratchet whose sample is gone from the cluster is silent", "[sequencer]") {
  Band band(track_of({"1{s6 r8}/8"}, 6));
  Performance next = band.performance;
  next.epoch = 2;
  next.tracks[0] = track_of({"1{s6 r8}/8"}, 2);
  band.play();
  band.run_sixteenths(0.5);
  band.rig.schedule({{Beat::beats(1), Grid::beat, &next}});
  band.run_sixteenths(7.5);
  CHECK(same(band.places(), {0, 1, 2, 3}));
}

TEST_CASE("a lock rules over a held draw, and what it plays was heard", "[sequencer]") {
  Band held(track_of({"11"}, 50));
  Performance next = held.performance;
  next.epoch = 2;
  Track locked = *track_of({"1{s2}1"}, 50);
  locked.cluster = held.performance.tracks[0]->cluster;
  next.tracks[0] = std::make_shared<const Track>(locked);
  held.play({{"/track/1/hold", 1}});
  held.run_sixteenths(0.5);
  held.rig.schedule({{Beat::beats(1), Grid::beat, &next}});
  held.run_sixteenths(7.5);
  const auto samples = held.samples();
  REQUIRE(samples[0] != 1);
  CHECK(samples[2] == samples[0]);
  CHECK(samples[4] == 1);
  Band mixed(track_of({"1{s1}1"}, 2));
  mixed.play({{"/track/1/draw", 1}});
  mixed.run_sixteenths(31.5);
  for (std::size_t i = 0; i < 32; ++i) CHECK(mixed.samples()[i] == static_cast<int>(i % 2));
}

TEST_CASE("held draws outlive a launch of their own slot, not one of another", "[sequencer]") {
  Band band(track_of({"1", "1"}, 50));
  band.play({{"/track/1/hold", 1}});
  band.run_sixteenths(3.5);
  band.rig.post("/track/1/slot", 1, Grid::bar);
  band.run_sixteenths(19.5);
  band.rig.post("/track/1/slot", 2, Grid::bar);
  band.run_sixteenths(34.5);
  const auto samples = band.samples();
  for (std::size_t i = 0; i < 32; ++i) CHECK(samples[i] == samples[0]);
  CHECK(samples[32] != samples[0]);
}

TEST_CASE("a pendulum's round is its way there and back; a chain moves the slot's control", "[sequencer]") {
  Band band(track_of({"110 pendulum ->B", "1000"}));
  band.play();
  band.run_sixteenths(9);
  CHECK(same(band.places(), {0, 1, 3, 4, 8}));
  CHECK(band.rig.snapshot().values[id("/track/1/slot").index] == 2);
  CHECK(band.rig.reports.back().slot == 1);
}

TEST_CASE("a chain cuts a ratchet where the next slot begins, and several slots may end in one quantum",
          "[sequencer]") {
  Band cut(track_of({"1{r4 t0.5} ->B", "0"}));
  cut.play();
  cut.run_sixteenths(3);
  CHECK(same(cut.places(), {0.5, 0.75}));
  Band quick(track_of({"1*512 ->B", "1*512 ->C", "1*512 ->D", "1"}));
  quick.play();
  quick.run_sixteenths(0.9);
  CHECK(same(quick.places(), {0, 1 / 512., 2 / 512., 3 / 512.}));
}

TEST_CASE("in random direction any step may come next", "[sequencer]") {
  Band band(track_of({"1{s1}1{s2}1{s3}1{s4} random"}, 4));
  band.play();
  band.run_sixteenths(63.5);
  const auto samples = band.samples();
  std::set<std::pair<int, int>> pairs;
  for (std::size_t i = 1; i < samples.size(); ++i) pairs.insert({samples[i - 1], samples[i]});
  CHECK(pairs.size() > 12);  // of 16
}

TEST_CASE("no-repeat closes what was heard once, and only what there is", "[draws]") {
  CHECK(drawn_after({1, 1}, 2, 3) == std::set<int>{0, 2});
  CHECK(drawn_after({7}, 1, 4) == std::set<int>{0, 1, 2, 3});
  CHECK(drawn_after({2}, 3, 5) == std::set<int>{0, 1, 3, 4});
}

TEST_CASE("round-robin begins anew when the last sample is gone from the cluster", "[draws]") {
  Cluster cluster;
  cluster.samples.resize(4);
  Drawer drawer;
  drawer.reset();
  drawer.heard(9);
  CHECK(drawer.draw(cluster, {DrawMode::round_robin, 1, 0}) == 0);
  CHECK(drawer.draw(cluster, {DrawMode::round_robin, 1, 0}) == 1);
}
