// Laws of what moves a loop on its deck: pitch, nudge, jumps, markers, slip, one round only, groove lock, and
// a grid that is mended while it plays.
#include <algorithm>
#include <cmath>

#include "engine/units/dsp/groove_lock.h"
#include "tests/support/catch.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"
#include "tests/support/rig.h"
#include "tests/support/spectrum.h"

using namespace entrain;
using namespace entrain::test;

namespace {


/// A playing deck 1.
struct Playing {
  explicit Playing(std::shared_ptr<const Loop> loop, double tempo = 120) {
    performance.epoch = 1;
    performance.decks[0] = std::make_shared<const DeckDocument>(DeckDocument{std::move(loop)});
    rig.load(performance);
    rig.post("/transport/tempo", tempo);
    rig.post("/deck/1/play", 1);
    zero = rig.play();
  }
  /// Where in the output a beat is heard.
  std::int64_t heard(double beats) const {
    return zero.index + static_cast<std::int64_t>(std::llround(beats * kBeat)) + rig.engine.latency();
  }
  void run_to(double beats) {
    rig.run(zero.index + static_cast<std::int64_t>(beats * kBeat) - rig.engine.frame().index);
  }
  Performance performance;
  Rig rig;
  Frame zero;
};

/// The frequency of the strongest bin, between bins by a parabola through its neighbours.
double hertz_of(const std::vector<float>& x, std::int64_t from) {
  constexpr std::size_t kSize = 32'768;
  const auto bins = spectrum(x, static_cast<std::size_t>(from), kSize, true);
  std::size_t best = 1;
  for (std::size_t k = 1; k < kSize / 2; ++k)
    if (std::abs(bins[k]) > std::abs(bins[best])) best = k;
  const double a = decibels(std::abs(bins[best - 1])), b = decibels(std::abs(bins[best])),
               c = decibels(std::abs(bins[best + 1]));
  return (static_cast<double>(best) + (a - c) / (2 * (a - 2 * b + c))) * kRate / kSize;
}

}  // namespace

TEST_CASE("a deck's pitch moves by semitones while its hits stay on the beat") {
  for (const double semitones : {-12.0, -5.0, 0.0, 0.37, 7.0, 12.0})
    for (const double tempo : {120.0, 100.0}) {
      Playing tone(make_loop(make_sine(8 * kBeat, 440.0 / kRate, 0.3f), 8), tempo);
      tone.rig.post("/deck/1/pitch", semitones);
      tone.rig.run(6 * kRate);
      const double cents = 1200 * std::log2(hertz_of(tone.rig.left, 4 * kRate) / 440);
      INFO(semitones << " semitones at " << tempo << " BPM: " << cents << " cents");
      CHECK(std::abs(cents - 100 * semitones) < 3);

      Playing hits(make_loop(clicks_on({0, 1, 2, 3}, 4), 4));
      hits.rig.post("/deck/1/pitch", semitones);
      hits.run_to(10);
      for (int beat = 2; beat < 9; ++beat)
        CHECK(std::abs(rise_near(hits.rig.left, hits.heard(beat)) - hits.heard(beat)) < kRate * 3 / 1000);
    }
}

TEST_CASE(
    "a pitch that has not moved leaves every sample as it is, and one that comes back leaves no click") {
  const auto loop = make_loop(make_sine(8 * kBeat, 220.0 / kRate, 0.3f), 8);
  Playing plain(loop), moved(loop);
  plain.run_to(8);
  moved.run_to(2);
  moved.rig.post("/deck/1/pitch", 5);
  moved.run_to(4);
  moved.rig.post("/deck/1/pitch", 0);
  moved.run_to(8);
  CHECK(
      std::equal(plain.rig.left.begin(), plain.rig.left.begin() + plain.heard(1.99), moved.rig.left.begin()));
  float most = 0;
  for (auto i = static_cast<std::size_t>(moved.heard(1)); i + 1 < moved.rig.left.size(); ++i)
    most = std::max(most, std::abs(moved.rig.left[i + 1] - moved.rig.left[i]));
  CHECK(most < 0.3 * 2 * 3.1416 * 294 / kRate * 1.3);
}

TEST_CASE("a nudge moves the hits by so many milliseconds, and back") {
  Playing deck(make_loop(clicks_on({0, 1, 2, 3}, 4), 4), 120);
  deck.run_to(2.5);
  deck.rig.post("/deck/1/nudge", 20);
  deck.run_to(8.5);
  deck.rig.post("/deck/1/nudge", 0);
  deck.run_to(14);
  const auto late = [&](int beat) {
    return static_cast<double>(rise_near(deck.rig.left, deck.heard(beat)) - deck.heard(beat)) * 1000 / kRate;
  };
  CHECK(late(2) == Approx(0).margin(1));
  CHECK(late(7) == Approx(-20).margin(1.5));
  CHECK(late(12) == Approx(0).margin(1.5));
}

TEST_CASE("a jump moves on by beats at its line, and the loop goes on from there") {
  // A hit on beat 5 of 8 alone: where it is heard tells where the loop is.
  for (const double jump : {3.0, -2.0, 0.5}) {
    Playing deck(make_loop(clicks_on({5}, 8), 8));
    deck.run_to(1.6);
    deck.rig.post("/deck/1/jump", jump, Grid::beat);
    deck.run_to(12);
    const double expected = 5 - jump;  // from beat 2 on, beat b is beat b + jump of the loop
    INFO(jump);
    CHECK(std::abs(rise_near(deck.rig.left, deck.heard(expected)) - deck.heard(expected)) < 100);
    CHECK(deck.rig.snapshot().late == 0);
  }
}

TEST_CASE("a marker is jumped to on its line; one that is not set moves nothing") {
  auto marked = *make_loop(clicks_on({5}, 8), 8);
  marked.markers[2] = Beat::beats(4);
  const auto loop = std::make_shared<const Loop>(marked);
  for (const int marker : {3, 4}) {
    Playing deck(loop);
    deck.run_to(1.6);
    deck.rig.post("/deck/1/marker", marker, Grid::bar);
    deck.run_to(9);
    const double expected = 5;  // both: from bar 2 (beat 4) on at the marker, or undisturbed
    CHECK(std::abs(rise_near(deck.rig.left, deck.heard(expected)) - deck.heard(expected)) < 100);
    deck.rig.post("/deck/1/marker", marker, Grid::beat);
    deck.run_to(15);
    const double next = marker == 3 ? 11 : 13;
    CHECK(std::abs(rise_near(deck.rig.left, deck.heard(next)) - deck.heard(next)) < 100);
  }
}

TEST_CASE("slip goes on where the loop would have been") {
  Playing deck(make_loop(clicks_on({7}, 8), 8));
  deck.run_to(0.5);
  deck.rig.post("/deck/1/slip", 1);
  deck.rig.post("/deck/1/jump", 4, Grid::beat);
  deck.run_to(3.5);
  deck.rig.post("/deck/1/slip", 0);
  deck.run_to(9);
  CHECK(std::abs(rise_near(deck.rig.left, deck.heard(3)) - deck.heard(3)) < 100);  // jumped: beat 3 plays 7
  CHECK(std::abs(rise_near(deck.rig.left, deck.heard(7)) - deck.heard(7)) < 100);  // back: 7 plays 7
}

TEST_CASE("a loop that plays once ends with its round, and its button goes out") {
  Playing deck(make_loop(make_noise(4 * kBeat, 0.3f), 4));
  deck.rig.post("/deck/1/once", 1);
  deck.run_to(7);
  const auto loudest = [&](double from, double to) {
    float most = 0;
    for (std::int64_t i = deck.heard(from); i < deck.heard(to); ++i)
      most = std::max(most, std::abs(deck.rig.left[static_cast<std::size_t>(i)]));
    return most;
  };
  CHECK(loudest(3.9, 4) > 0.1f);
  CHECK(loudest(4.05, 6) == 0);
  CHECK_FALSE(deck.rig.snapshot().decks[0].playing);
  CHECK(deck.rig.snapshot().values[id("/deck/1/play").index] == 0);
  deck.rig.post("/deck/1/play", 1, Grid::bar);
  deck.run_to(13);
  CHECK(loudest(8.1, 11.9) > 0.1f);
  CHECK(loudest(12.05, 12.9) == 0);
}

TEST_CASE("a loop that was to play once, and is let go on after all, does") {
  Playing deck(make_loop(make_noise(4 * kBeat, 0.3f), 4));
  deck.rig.post("/deck/1/once", 1);
  deck.run_to(7);
  deck.rig.post("/deck/1/play", 1, Grid::bar);
  deck.run_to(10);
  deck.rig.post("/deck/1/once", 0);
  deck.run_to(15);
  float least = 1;
  for (std::int64_t from = deck.heard(8.5); from < deck.heard(14.5); from += kBeat / 4) {
    float most = 0;
    for (std::int64_t i = from; i < from + kBeat / 4; ++i)
      most = std::max(most, std::abs(deck.rig.left[static_cast<std::size_t>(i)]));
    least = std::min(least, most);
  }
  CHECK(least > 0.1f);
}

TEST_CASE("loops play at the gain they carry") {
  auto half = *make_loop(make_sine(4 * kBeat, 440.0 / kRate, 0.4f), 4);
  half.gain = 0.5f;
  Playing deck(std::make_shared<const Loop>(half));
  deck.run_to(3);
  float most = 0;
  for (std::int64_t i = deck.heard(1); i < deck.heard(2); ++i)
    most = std::max(most, deck.rig.left[static_cast<std::size_t>(i)]);
  CHECK(most == Approx(0.2).epsilon(0.01));
}

TEST_CASE("a grid mended while the loop plays keeps its place, bars on bars") {
  // Its first grid says eight beats; it holds four. The hit on its last quarter falls on a beat either way.
  const auto asset = make_asset(
      8 * kBeat, [](std::int64_t i) { return i >= 6 * kBeat && i < 6 * kBeat + 200 ? 0.5f : 0.001f; });
  Playing deck(make_loop(asset, 8));
  Performance mended = deck.performance;
  mended.epoch = 2;
  mended.decks[0] = std::make_shared<const DeckDocument>(DeckDocument{make_loop(asset, 4)});
  deck.run_to(8.5);
  deck.rig.schedule({{Beat::beats(9), Grid::beat, &mended}});
  deck.run_to(20);
  // At beat 9 it is at beat 1 of 8, an eighth in; of four beats that is half a beat, and beat 1 is the
  // nearest that keeps bars on bars. From there on beat b of the music is beat b of four.
  for (const int beat : {11, 15, 19})
    CHECK(std::abs(rise_near(deck.rig.left, deck.heard(beat)) - deck.heard(beat)) < 200);
  CHECK(deck.rig.snapshot().late == 0);
}

TEST_CASE("groove lock lays a layer's onsets on the kicks they belong to, by its strength") {
  // The foundation's kicks are late on every second beat; the layer's hits are early, all within reach.
  const std::vector<double> kicks{0, 1.04, 2, 3.04}, hits{0.03, 0.98, 2.02, 2.98};
  auto foundation = *make_loop(clicks_on(kicks, 4), 4);
  for (const double k : kicks) foundation.kicks.push_back(Beat::nearest(k));
  auto layer = *make_loop(clicks_on(hits, 4), 4);
  for (const double h : hits) layer.onsets.push_back(Beat::nearest(h));
  const auto distance = [&](double strength) {
    Performance p;
    p.epoch = 1;
    p.decks[0] = std::make_shared<const DeckDocument>(DeckDocument{std::make_shared<const Loop>(foundation)});
    p.decks[2] = std::make_shared<const DeckDocument>(DeckDocument{std::make_shared<const Loop>(layer)});
    Rig rig;
    rig.load(p);
    rig.post("/deck/3/under", 1);
    rig.post("/deck/3/lock", strength);
    rig.post("/deck/1/mute", 1);
    rig.post("/deck/1/play", 1);
    rig.post("/deck/3/play", 1);
    const Frame zero = rig.play();
    rig.run(zero.index + 13 * kBeat);
    double sum = 0;
    for (int n = 4; n < 12; ++n) {
      const double kick = n / 4 * 4 + kicks[static_cast<std::size_t>(n % 4)];
      const auto expected = zero.index + static_cast<std::int64_t>(kick * kBeat) + rig.engine.latency();
      sum += std::abs(static_cast<double>(rise_near(rig.left, expected) - expected)) * 1000 / kRate;
    }
    return std::pair(sum / 8, rig.left);
  };
  const auto [off, plain] = distance(0);
  const auto [half, between] = distance(0.5);
  const auto [full, locked] = distance(1);
  INFO("ms from kick to hit, off, half, full: " << off << ", " << half << ", " << full);
  CHECK(off > 12);
  CHECK(half == Approx(off / 2).margin(2));
  CHECK(full < off / 4);
}

TEST_CASE("groove lock leaves alone what lies far from every kick, never turns back, and off is off") {
  auto foundation = *make_loop(clicks_on({0}, 4), 4);
  foundation.kicks = {Beat(0)};
  auto layer = *make_loop(clicks_on({0, 2}, 4), 4);
  layer.onsets = {Beat::nearest(0.05), Beat::nearest(0.5), Beat::beats(2)};
  const LockedPair pair{&layer, 0, &foundation, 0};
  CHECK(lock_shift(0, pair) == Approx(0.05));
  CHECK(lock_shift(2, pair) == 0);
  CHECK(lock_shift(4, pair) == Approx(0.05));
  CHECK(lock_shift(0.5, pair) == Approx(0.025));
  CHECK(lock_shift(-1'000'000 + 0.5, pair) == Approx(0.025));
  const Loop bare = *make_loop(clicks_on({0}, 4), 4);
  CHECK(lock_shift(0, {&bare, 0, &foundation, 0}) == 0);
  CHECK(lock_shift(0, {&layer, 0, &bare, 0}) == 0);

  std::uint64_t state = 5;
  for (int round = 0; round < 200; ++round) {
    const auto moments = [&](Beat gap) {
      std::vector<Beat> list;
      Beat at(0);
      while (true) {
        at = at + gap + Beat(static_cast<std::int64_t>((state = mix_bits(state)) % Beat::kPerBeat));
        if (at + gap >= Beat::beats(4)) return list;
        list.push_back(at);
      }
    };
    layer.onsets = moments(Beat(1000));
    foundation.kicks = moments(Loop::kKickGap);
    double before = -1e9;
    for (double beat = -1; beat < 9; beat += 0.01) {
      const double read = beat + lock_shift(beat, {&layer, 0.3, &foundation, 0});
      REQUIRE(read > before);
      REQUIRE(std::abs(read - beat) <= kLockReach + 1e-12);
      before = read;
    }
  }
}

TEST_CASE("a layer steps back under the kicks of its foundation, and under nothing else") {
  constexpr std::int64_t kBars = 4;
  const auto level = [&](double hertz, double depth) {
    // The foundation: a tone of 50 ms on every beat, muted; the layer: a steady tone.
    const auto hits = make_asset(kBars * kBeat, [&](std::int64_t i) {
      const auto t = static_cast<double>(i % kBeat);
      return t < 2'400 ? static_cast<float>(0.8 * std::sin(2 * 3.14159265 * hertz / kRate * t)) : 0.0f;
    });
    Performance p;
    p.epoch = 1;
    p.decks[0] = make_deck(hits, static_cast<int>(kBars));
    p.decks[2] = make_deck(make_sine(kBars * kBeat, 1'000.0 / kRate, 0.3f), static_cast<int>(kBars));
    Rig rig;
    rig.load(p);
    rig.post("/deck/1/mute", 1);
    rig.post("/deck/3/under", 1);
    rig.post("/deck/3/duck/depth", depth);
    rig.post("/deck/1/play", 1);
    rig.post("/deck/3/play", 1);
    const Frame zero = rig.play();
    rig.run(zero.index + 6 * kBeat);
    const auto peak = [&](double beat) {
      float most = 0;
      const auto from = zero.index + rig.engine.latency() + static_cast<std::int64_t>(beat * kBeat);
      for (std::int64_t i = from; i < from + 500; ++i) most = std::max(most, std::abs(rig.left[static_cast<std::size_t>(i)]));
      return 20 * std::log10(static_cast<double>(most) / 0.3);
    };
    return std::pair(peak(4.05), peak(4.95));
  };
  CHECK(level(60, 0).first == Approx(0).margin(0.1));
  const auto [under, after] = level(60, 12);
  CHECK(under == Approx(-12).margin(1));
  CHECK(after > -1.5);
  CHECK(level(3'000, 12).first > -1);
}
