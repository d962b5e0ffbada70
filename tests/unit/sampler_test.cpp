// The sampler's laws: exact starts, 256 voices, stealing and panics without clicks.
#include <algorithm>
#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/rig.h"
#include "tests/support/sanitized.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// One track that is played by hand.
Performance one_track(std::shared_ptr<const Asset> sound, const std::string& steps = "") {
  Performance p;
  p.epoch = 1;
  p.tracks[0] = make_track({std::move(sound)}, steps);
  return p;
}
double greatest_jump(const std::vector<float>& x, std::size_t from = 1) {
  double most = 0;
  for (std::size_t i = std::max<std::size_t>(from, 1); i < x.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(x[i]) - x[i - 1]));
  return most;
}

}  // namespace

TEST_CASE("a hit by hand starts at the frame it was asked for, whatever its place in the quantum") {
  Rig rig;
  const Performance p = one_track(make_click());
  rig.load(p);
  rig.run(320);
  std::vector<std::int64_t> frames;
  for (int i = 0; i < 64; ++i) frames.push_back(1'000 + 331 * i);  // 331 visits every place in a quantum of 32
  for (const std::int64_t f : frames) rig.post("/track/1/hit", 0.5, Grid::now, Frame(f));
  rig.run(24'000);
  std::vector<float> expected(rig.left.size());
  for (const std::int64_t f : frames) expected[static_cast<std::size_t>(f + rig.engine.latency())] = 0.5f;
  CHECK(rig.left == expected);
  CHECK(rig.right == expected);
  REQUIRE(rig.reports.size() == frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    CHECK(rig.reports[i].frame.index == frames[i]);
    CHECK(rig.reports[i].step == -1);
  }
}

TEST_CASE("a hit that arrives for a frame gone by sounds at once") {
  Rig rig;
  const Performance p = one_track(make_click());
  rig.load(p);
  rig.run(960);
  rig.post("/track/1/hit", 1, Grid::now, Frame(100));
  rig.run(960);
  REQUIRE(rig.reports.size() == 1);
  CHECK(rig.reports[0].frame.index == 960);
}

TEST_CASE("a sample sounds whole, bit for bit, on both sides") {
  auto sound = std::make_shared<Asset>(*make_noise(1'000, 0.3f, 5));
  sound->right = make_noise(1'000, 0.3f, 6)->left;
  Rig rig;
  const Performance p = one_track(sound);
  rig.load(p);
  rig.post("/track/1/hit", 1, Grid::now, Frame(45));
  rig.run(2048);
  const auto from = 45 + rig.engine.latency();
  CHECK(std::equal(sound->left.begin(), sound->left.end(), rig.left.begin() + from));
  CHECK(std::equal(sound->right.begin(), sound->right.end(), rig.right.begin() + from));
  CHECK(std::all_of(rig.left.begin() + from + 1'000, rig.left.end(), [](float x) { return x == 0; }));
}

TEST_CASE("256 voices sound together and a further one takes the place of the oldest") {
  Rig rig;
  Performance p;
  p.epoch = 1;
  // Each track a level of its own, so that the sum tells which voices sound.
  for (int t = 0; t < kTracks; ++t)
    p.tracks[static_cast<std::size_t>(t)] = make_track({make_asset(1 << 20, [](auto) { return 0x1p-12f; })}, "");
  rig.load(p);
  rig.quantum();
  for (int v = 0; v < 256; ++v) {
    rig.post("/track/" + std::to_string(v / 16 + 1) + "/hit", 1);
    if (v % 32 == 31) rig.quantum();
  }
  rig.run(640);
  CHECK(rig.snapshot().voices == 256);
  CHECK(rig.snapshot().stolen == 0);
  CHECK(rig.left.back() == 256 * 0x1p-12f);
  rig.post("/track/2/hit", 0.5);
  rig.run(640);
  CHECK(rig.snapshot().voices == 256);
  CHECK(rig.snapshot().stolen == 1);
  CHECK(rig.left.back() == Approx(255.5 * 0x1p-12f));
  for (int v = 0; v < 16; ++v) rig.post("/track/3/hit", 0);  // the rest of track 1, and one of track 2
  rig.run(640);
  CHECK(rig.snapshot().stolen == 17);
  CHECK(rig.left.back() == Approx(239.5 * 0x1p-12f));
}

TEST_CASE("stealing makes no click: no jump beyond the material's own and the fade's slope") {
  Rig rig;
  // Slow sines: from sample to sample 256 of them move by little; a voice cut off would jump by up to its level.
  const float level = 0.4f / 256;
  const auto sound = make_asset(400'000, [=](std::int64_t i) {
    return level * static_cast<float>(std::sin(0.002 * static_cast<double>(i)) * std::min(1.0, static_cast<double>(i) / 500));
  });
  const Performance p = one_track(sound);
  rig.load(p);
  for (int q = 0; q < 900; ++q) {
    const int hits = q < 300 ? 3 : q < 600 ? 1 : 20;
    for (int h = 0; h < hits; ++h) rig.post("/track/1/hit", 1, Grid::now, Frame(q * 32 + h));
    rig.quantum();
  }
  REQUIRE(rig.snapshot().stolen > 2'000);
  REQUIRE(rig.snapshot().voices == 256);
  // 0.002 + 1/500 per sample for each of 256 voices and 20 new ones; every fade 1/96 of a voice, 60 of them at once.
  const double own = 276 * level * (0.002 + 0.002), fades = 60 * level / 96;
  CHECK(greatest_jump(rig.left) <= own + fades);
  CHECK(greatest_jump(rig.left) < level * 2.2);  // two voices cut off at their height would show
}

TEST_CASE("a flood of hits is bounded: what does not fit is dropped and the sound stays finite") {
  Rig rig;
  const Performance p = one_track(make_noise(20'000, 1.0f));
  rig.load(p);
  for (int q = 0; q < 200; ++q) {
    for (int h = 0; h < 300; ++h) rig.post("/track/1/hit", 1);
    rig.quantum();
  }
  CHECK(rig.snapshot().voices == 256);
  CHECK(rig.snapshot().stolen == 200 * 64 - 256);
  CHECK(rig.snapshot().refused == 200 * (300 - 64));
  CHECK(std::all_of(rig.left.begin(), rig.left.end(), [](float x) { return std::abs(x) <= 0.8913f; }));
}

TEST_CASE("panic over notes fades what rings within 3 ms while the pattern plays on") {
  for (const int rate : {44'100, 48'000, 96'000}) {
    INFO("rate " << rate);
    Rig rig({rate, 1, best_isa()});
    Performance p;
    p.epoch = 1;
    p.tracks[0] = make_track({make_asset(10 * rate, [](auto) { return 0.25f; })}, "1000000000000000");
    p.tracks[1] = make_track({make_asset(1, [](auto) { return 0.5f; })}, "1");
    rig.load(p);
    const Frame start = rig.play();
    rig.run(start.index + rate * 47 / 100);  // between two steps
    REQUIRE(rig.left.back() == 0.25f);
    const auto at = static_cast<std::size_t>(rig.engine.frame().index + rig.engine.latency());
    rig.post("/transport/panic/notes", 1);
    rig.run(rate);
    CHECK(greatest_jump({rig.left.begin() + static_cast<std::ptrdiff_t>(at), rig.left.begin() + static_cast<std::ptrdiff_t>(at + 96)}) < 0.25 / 95);
    const auto silent_from = at + static_cast<std::size_t>(3 * rate / 1000);
    int clicks = 0;
    for (std::size_t i = silent_from; i < rig.left.size(); ++i) {
      if (rig.left[i] == 0.0f) continue;
      REQUIRE(rig.left[i] == 0.5f);
      ++clicks;
    }
    CHECK(clicks >= 7);  // a second of sixteenths at 120 BPM, and nothing between
    CHECK(rig.snapshot().running);
  }
}

TEST_CASE("panic over everything is silent within 50 ms and stays silent until the beat starts again") {
  for (const int rate : {44'100, 48'000, 192'000}) {
    if (kSanitized && rate == 192'000) continue;
    INFO("rate " << rate);
    Rig rig({rate, 1, best_isa()});
    Performance p;
    p.epoch = 1;
    for (std::size_t t = 0; t < kTracks; ++t) p.tracks[t] = make_track({make_noise(5 * rate, 0.3f, t)}, "1101", 3, 2);
    p.decks[1] = make_deck(make_noise(rate, 0.5f), 2);
    rig.load(p);
    rig.post("/deck/2/play", 1);
    const Frame start = rig.play();
    rig.run(start.index + rate);
    const auto at = static_cast<std::size_t>(rig.engine.frame().index);
    rig.post("/transport/panic/silence", 1);
    rig.run(2 * rate);
    const auto silent_from = static_cast<std::ptrdiff_t>(at) + rate / 20;
    CHECK(std::all_of(rig.left.begin() + silent_from, rig.left.end(), [](float x) { return x == 0.0f; }));
    CHECK_FALSE(rig.snapshot().running);
    CHECK(rig.snapshot().values[id("/transport/play").index] == 0);
    CHECK(rig.snapshot().values[id("/deck/2/play").index] == 0);
    const auto before = rig.left.size();
    rig.post("/transport/play", 1);
    rig.run(rate);
    CHECK(std::any_of(rig.left.begin() + static_cast<std::ptrdiff_t>(before), rig.left.end(), [](float x) { return std::abs(x) > 0.1f; }));
  }
}

TEST_CASE("the gate of a panic closes without a click") {
  Rig rig;
  const Performance p = one_track(make_asset(1 << 18, [](auto) { return 0.5f; }));
  rig.load(p);
  rig.post("/track/1/hit", 1);
  rig.run(9'600);
  const auto at = rig.left.size();
  rig.post("/transport/panic/silence", 1);
  rig.run(9'600);
  CHECK(greatest_jump(rig.left, at) < 0.5 / 60);
}

TEST_CASE("what is switched together with a panic is switched") {
  Rig rig;
  const Performance p = one_track(make_click(), "1");
  rig.load(p);
  rig.play();
  rig.run(48'000);
  rig.post("/transport/panic/silence", 1);
  rig.post("/track/1/on", 0);
  rig.run(9'600);
  const std::size_t before = rig.reports.size();
  rig.play();
  rig.run(48'000);
  CHECK(rig.reports.size() == before);
}

TEST_CASE("a muted track is silent, its pattern goes on, and mute moves without a click") {
  Rig rig;
  Performance p = one_track(make_asset(1 << 18, [](auto) { return 0.5f; }), "");
  p.tracks[1] = make_track({make_asset(32, [](auto) { return 0.0f; })}, "1");
  rig.load(p);
  rig.play();
  rig.post("/track/1/hit", 1);
  rig.run(9'600);
  const auto at = rig.left.size();
  rig.post("/track/1/mute", 1);
  rig.run(9'600);
  CHECK(rig.left.back() == 0);
  rig.post("/track/1/mute", 0);
  rig.run(9'600);
  CHECK(rig.left.back() == 0.5f);
  CHECK(greatest_jump(rig.left, at) < 0.5 / 400);
  CHECK(rig.reports.size() >= 4);
}
