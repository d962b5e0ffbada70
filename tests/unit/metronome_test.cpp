// The metronome: on the cue alone, on its beats, and before a start.
#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Frames at which a click begins on the cue, which comes as late as the master.
std::vector<std::int64_t> clicks(Rig& rig, std::int64_t frames, bool* master_heard = nullptr) {
  std::vector<std::int64_t> found;
  std::int64_t quiet = 10'000;
  const std::int64_t end = rig.engine.frame().index + frames;
  while (rig.engine.frame().index < end) {
    const std::int64_t now = rig.engine.frame().index;
    rig.quantum();
    for (std::size_t i = 0; i < kQuantum; ++i) {
      if (std::abs(rig.cue[i]) > 1e-4f) {
        if (quiet > 1'000) found.push_back(now + static_cast<std::int64_t>(i) - rig.engine.latency());
        quiet = 0;
      }
      ++quiet;
      if (master_heard != nullptr)
        *master_heard = *master_heard || rig.left[static_cast<std::size_t>(now) + i] != 0;
    }
  }
  return found;
}

bool near(const std::vector<std::int64_t>& heard, const std::vector<std::int64_t>& expected) {
  if (heard.size() != expected.size()) return false;
  for (std::size_t i = 0; i < heard.size(); ++i)
    if (heard[i] < expected[i] || heard[i] > expected[i] + 4)
      return false;  // the first sample of a sine is zero
  return true;
}

}  // namespace

TEST_CASE("the metronome clicks on every beat, on the cue and nowhere else", "[metronome]") {
  Rig rig;
  rig.post("/metronome/on", 1);
  const std::int64_t start = rig.play().index;
  bool master = false;
  const auto heard = clicks(rig, start + 24'000 * 4 + 1'000, &master);
  CHECK(near(heard, {start, start + 24'000, start + 48'000, start + 72'000, start + 96'000}));
  CHECK_FALSE(master);
}

TEST_CASE("a start is counted in by whole bars, and begins exactly after them", "[metronome]") {
  Rig rig;
  Performance p;
  p.epoch = 1;
  p.tracks[0] = make_track({make_click(1)}, "1000");
  rig.load(p);
  rig.post("/transport/count_in", 1);
  rig.quantum();
  const std::int64_t asked = rig.engine.frame().index;
  rig.post("/transport/play", 1);
  const auto heard = clicks(rig, 96'000 + 30'000);
  REQUIRE(heard.size() == 4);
  REQUIRE(!rig.reports.empty());
  const std::int64_t start = rig.reports[0].frame.index;
  CHECK(start >= asked + 96'000);
  CHECK(start < asked + 96'000 + rig.engine.lead() + kQuantum);
  CHECK(near(heard, {start - 96'000, start - 72'000, start - 48'000, start - 24'000}));
}

TEST_CASE("the first beat of a bar clicks higher than the others", "[metronome]") {
  Rig rig;
  rig.post("/metronome/on", 1);
  const std::int64_t start = rig.play().index;
  std::vector<float> cue;
  while (rig.engine.frame().index < start + 24'000 * 5 + 2'000) {
    rig.quantum();
    cue.insert(cue.end(), rig.cue.begin(), rig.cue.end());
  }
  const auto pitch = [&](int beat) {  // from the zero crossings of 10 ms
    const auto at = static_cast<std::size_t>(start + rig.engine.latency() + 24'000 * beat) + 2;
    int crossings = 0;
    for (std::size_t i = at + 1; i < at + 480; ++i) crossings += (cue[i] > 0) != (cue[i - 1] > 0);
    return 50.0 * crossings;
  };
  for (int beat = 0; beat <= 4; ++beat)
    CHECK(pitch(beat) == Approx(beat % 4 == 0 ? 1'600 : 1'000).margin(60));
}

TEST_CASE("a panic over notes ends a click", "[metronome]") {
  Rig rig;
  rig.post("/metronome/on", 1);
  const std::int64_t start = rig.play().index;
  rig.run(start + 256 - rig.engine.frame().index);
  rig.post("/transport/panic/notes", 1);
  rig.quantum();
  rig.run(rig.engine.latency() + 2 * kQuantum);
  for (int q = 0; q < 20; ++q) {
    rig.quantum();
    for (const float x : rig.cue) REQUIRE(std::abs(x) < 1e-6f);
  }
}
