// Laws of Frame, Beat, Tempo, Meter and Timeline.
#include "engine/core/time.h"

#include <random>

#include "tests/support/catch.h"

using namespace entrain;

namespace {

Timeline random_timeline(std::mt19937_64& random) {
  const int rates[] = {44'100, 48'000, 88'200, 96'000, 176'400, 192'000};
  std::uniform_real_distribution<double> bpm(Tempo::kMinBpm, Tempo::kMaxBpm);
  Timeline t{Beat(static_cast<std::int64_t>(random() % 1'000'000'000)), Frame(static_cast<std::int64_t>(random() % 1'000'000'000)),
             rates[random() % 6], Tempo::nearest(bpm(random)), Tempo::nearest(bpm(random)), 0};
  t.ramp = (random() % 2) ? 0 : static_cast<std::int64_t>(random() % 50'000'000) + 1;
  if (t.ramp == 0) t.from = t.to;
  return t;
}

}  // namespace

TEST_CASE("a beat has come exactly from its frame on") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Timeline t = random_timeline(random);
    const Beat b = t.beat + Beat(static_cast<std::int64_t>(random() % 20'000'000'000) - 1'000'000'000);
    const Frame f = t.frame_at(b);
    REQUIRE(t.beat_at(f) >= b);
    REQUIRE(t.beat_at(f - 1) < b);
  }
}

TEST_CASE("a frame becomes a beat and returns to the same frame") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    Timeline t = random_timeline(random);
    t.rate = std::min(t.rate, 96'000);
    t.from.units = std::max(t.from.units, 120 * Tempo::kPerBpm);
    t.to.units = std::max(t.to.units, 120 * Tempo::kPerBpm);
    if (t.ramp == 0) t.from = t.to;
    const Frame f = t.frame + static_cast<std::int64_t>(random() % 100'000'000);
    REQUIRE(t.frame_at(t.beat_at(f)) == f);
  }
}

TEST_CASE("at one tempo a beat lies on the frame that exact fractions give, for a day") {
  for (const int rate : {44'100, 48'000}) {
    for (const std::int64_t units : {1'200'000, 1'337'000}) {
      const Tempo tempo{static_cast<std::int32_t>(units)};
      const Timeline t{Beat(0), Frame(0), rate, tempo, tempo, 0};
      // A sixteenth lasts 60 * rate * 10000 / (4 * units) frames; the first frame not before k of them is a ceiling.
      for (std::int64_t k = 0; k < 16 * 24 * 3600; k += 37) {
        const std::int64_t numerator = k * 150'000 * rate;
        const std::int64_t expected = (numerator + units - 1) / units;
        REQUIRE(t.frame_at(Beat(k * Beat::kPerBeat / 4)).index == expected);
      }
    }
  }
}

TEST_CASE("a ramp covers the beats that its mean tempo covers") {
  const Timeline t{Beat(0), Frame(0), 48'000, Tempo::nearest(60), Tempo::nearest(180), 480'000};
  CHECK(t.beat_at(Frame(480'000)) == Beat::beats(20));
  CHECK(t.frame_at(Beat::beats(20)) == Frame(480'000));
  CHECK(t.tempo_at(Frame(240'000)).bpm() == Approx(120));
  CHECK(t.beat_at(Frame(240'000)) == Beat(Beat::kPerBeat * 15 / 2));
}

TEST_CASE("a turned timeline is continuous, and constant after its ramp") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2'000; ++i) {
    const Timeline t = random_timeline(random);
    const Frame f = t.frame + static_cast<std::int64_t>(random() % 10'000'000);
    const Timeline next = t.turned(f, Tempo::nearest(128), 48'000);
    REQUIRE(next.beat_at(f) == t.beat_at(f));
    REQUIRE(next.tempo_at(f + 48'000).bpm() == 128);
    REQUIRE(next.tempo_at(f + 10'000'000).bpm() == 128);
  }
}

TEST_CASE("beat_value agrees with beat_at to a tick") {
  std::mt19937_64 random(4);
  for (int i = 0; i < 5'000; ++i) {
    const Timeline t = random_timeline(random);
    const Frame f = t.frame + static_cast<std::int64_t>(random() % 100'000'000);
    REQUIRE(std::abs(t.beat_value(static_cast<double>(f.index)) - t.beat_at(f).value()) < 2.0 / Beat::kPerBeat);
  }
}

TEST_CASE("a typed tempo survives as a 32-bit float") {
  for (const float bpm : {133.7f, 87.65f, 174.0f, 999.0f, 20.0f, 120.0001f})
    CHECK(Tempo::nearest(bpm).units == static_cast<int>(std::lround(static_cast<double>(bpm) * 10'000)));
  CHECK(Tempo::nearest(133.7f).units == 1'337'000);
  CHECK(Tempo::nearest(0).bpm() == Tempo::kMinBpm);
  CHECK(Tempo::nearest(1e9).bpm() == Tempo::kMaxBpm);
}

TEST_CASE("the next grid line is the nearest one not before") {
  const Meter waltz{3, 4};
  CHECK(waltz.next_line(Beat(0), Grid::bar) == Beat(0));
  CHECK(waltz.next_line(Beat(1), Grid::bar) == Beat::beats(3));
  CHECK(waltz.next_line(Beat::beats(4), Grid::phrase) == Beat::beats(12));
  CHECK(waltz.next_line(Beat(-1), Grid::beat) == Beat(0));
  CHECK(waltz.next_line(Beat(17), Grid::now) == Beat(17));
}
