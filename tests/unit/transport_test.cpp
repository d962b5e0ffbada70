// The transport: starts, stops and tempo, in whatever order they are asked for.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/clicks.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("a start lies on a quantum's edge, its lead away, and beat 0 sounds there") {
  for (const std::int64_t asked : {0, 20'000, 20'001, 20'031}) {
    Rig rig;
    const Performance p = clicks("1000");
    rig.load(p);
    rig.run(960);
    rig.post("/transport/play", 1, Grid::bar, Frame(asked));
    rig.run(96'000);
    const std::int64_t wanted = std::max<std::int64_t>(asked, 960 + rig.engine.lead());
    REQUIRE_FALSE(hits(rig, 15).empty());
    CHECK(hits(rig, 15)[0] == (wanted + 31) / 32 * 32);
    CHECK(hits(rig, 15)[1] == hits(rig, 15)[0] + 24'000);
    CHECK(rig.snapshot().running);
  }
}

TEST_CASE("a stop silences the pattern at once and the next start plays from the top") {
  Rig rig;
  const Performance p = clicks("1000");
  rig.load(p);
  rig.play();
  rig.run(60'000);
  const auto before = hits(rig, 15);
  rig.post("/transport/play", 0);
  rig.run(60'000);
  CHECK(hits(rig, 15) == before);
  CHECK_FALSE(rig.snapshot().running);
  CHECK(rig.snapshot().beat == Beat(0));
  const std::int64_t start = rig.play().index;
  rig.run(60'000);
  REQUIRE(hits(rig, 15).size() > before.size());
  CHECK(hits(rig, 15)[before.size()] == start);
  CHECK(rig.reports[before.size()].step == 0);
}

TEST_CASE("of starts and stops what was asked last stands, however close together") {
  struct Story {
    std::string acts;  // s: stop, p: play, P: play in a second, | next quantum, - 200 ms
    bool running;
  };
  const std::vector<Story> stories{{"p", true},     {"ps", false},    {"p|s", false},   {"sp", true},     {"s|p", true},
                                   {"p-sp", true},  {"p-s|p", true},  {"p-sps", false}, {"p-spsp", true}, {"p-ps", false},
                                   {"P", true},     {"Ps", false},    {"P-s", false},   {"P-sp", true},   {"Pp", true},
                                   {"P-p-s", false}, {"psp", true},   {"p|s|p", true},  {"p|s|p|s", false}, {"p-S", false},
                                   {"p-Sp", true},  {"Sp-", true}};
  Rig rig;
  const Performance p = clicks("1");
  for (const Story& story : stories) {
    INFO(story.acts);
    rig.engine.reset();
    rig.load(p);
    rig.run(960);
    for (const char act : story.acts) {
      if (act == 's') rig.post("/transport/play", 0);
      if (act == 'S') rig.post("/transport/panic/silence", 1);
      if (act == 'p') rig.post("/transport/play", 1);
      if (act == 'P') rig.post("/transport/play", 1, Grid::now, rig.engine.frame() + 48'000);
      if (act == '|') rig.quantum();
      if (act == '-') rig.run(9'600);
    }
    rig.run(96'000);
    CHECK(rig.snapshot().running == story.running);
    CHECK(value(rig, "/transport/play") == story.running);
  }
}

TEST_CASE("a start asked for sooner comes sooner") {
  Rig rig;
  const Performance p = clicks("1");
  rig.load(p);
  rig.post("/transport/play", 1, Grid::now, Frame(480'000));
  rig.run(9'600);
  const Frame start = rig.play();
  rig.run(48'000);
  REQUIRE_FALSE(hits(rig, 15).empty());
  CHECK(hits(rig, 15)[0] == start.index);
  const auto before = hits(rig, 15).size();
  rig.run(480'000);  // the later one changes nothing
  CHECK(hits(rig, 15).size() > before + 70);
  CHECK(rig.reports.back().step > 70);
}

TEST_CASE("a stop on the bar stops there and lets what waits for later lines wait for the next start") {
  Rig rig;
  const Performance p = clicks("1");
  rig.load(p);
  const std::int64_t start = rig.play().index;
  rig.run(start + 9'600);
  rig.post("/transport/play", 0, Grid::bar);     // at beat 3
  rig.post("/track/1/hit", 1, Grid::phrase);     // at beat 6
  rig.post("/transport/play", 0, Grid::phrase);  // has nothing left to stop
  rig.run(300'000);
  CHECK_FALSE(rig.snapshot().running);
  CHECK(hits(rig, 15).back() < start + 72'000 + kQuantum);
  CHECK(hits(rig, 15).size() == 12);
  CHECK(hits(rig, 0).empty());
  const std::int64_t again = rig.play().index;
  rig.run(48'000);
  CHECK(hits(rig, 0) == std::vector<std::int64_t>{again});
  CHECK(rig.snapshot().running);
}

TEST_CASE("a restart on the bar stops there and starts again as soon as it can") {
  Rig rig;
  const Performance p = clicks("1");
  rig.load(p);
  const std::int64_t start = rig.play().index;
  rig.run(start + 9'600);
  rig.post("/transport/play", 0, Grid::bar);
  rig.post("/transport/play", 1, Grid::bar);
  rig.run(96'000);
  CHECK(rig.snapshot().running);
  CHECK(rig.reports[12].step == 0);
  CHECK(rig.reports[12].frame.index < start + 72'000 + rig.engine.lead() + 3 * kQuantum);
}

TEST_CASE("what asks for a line while the beat stands takes the first line of the start") {
  Rig rig;
  const Performance p = clicks("1");
  rig.load(p);
  rig.run(960);
  rig.post("/track/1/hit", 1, Grid::phrase);
  rig.post("/track/2/hit", 1, Grid::now);
  rig.run(9'600);
  const std::int64_t start = rig.play().index;
  rig.run(48'000);
  CHECK(hits(rig, 0) == std::vector<std::int64_t>{start});
  CHECK(hits(rig, 1) == std::vector<std::int64_t>{960});
}

TEST_CASE("a tempo that glides goes on gliding through stops and starts, and is shown as it is") {
  Rig rig;
  const Performance p = clicks("1");
  rig.load(p);
  rig.post("/transport/tempo", 180, Grid::now, {}, Beat::beats(10));  // 4 s: a mean of 150 BPM
  rig.run(48'000);
  rig.play();
  rig.run(48'000);
  CHECK(rig.snapshot().tempo == Approx(150).margin(0.1));
  CHECK(value(rig, "/transport/tempo") == Approx(150).margin(0.1));
  rig.post("/transport/play", 0);
  rig.run(96'000 + kQuantum);
  CHECK(rig.snapshot().tempo == 180);
  CHECK(value(rig, "/transport/tempo") == 180);
}

TEST_CASE("a tempo ramp covers its beats in the time of its mean tempo") {
  Rig rig;
  const Performance p = clicks("1000");
  rig.load(p);
  const std::int64_t start = rig.play().index;
  rig.run(start);
  rig.post("/transport/tempo", 60, Grid::now, {}, Beat::beats(6));  // mean 90: 4 s
  rig.run(4 * 48'000);
  CHECK(rig.snapshot().beat.value() == Approx(6).margin(1e-3));
  CHECK(rig.snapshot().tempo == Approx(60).margin(0.02));
}
