// Grids are set right by the onsets that stand on them.
#include "engine/analysis/grid_fit.h"

#include <cmath>

#include "engine/analysis/beats.h"
#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr double kBeat = 0.5;

/// Onsets on beats of `period` from `first`, and `between` of a beat after each.
std::vector<Onset> onsets_of(double first, double period, int beats, double between = 0.5) {
  std::vector<Onset> all;
  for (int b = 0; b < beats; ++b) {
    all.push_back({first + b * period, 1, 0, false});
    all.push_back({first + (b + between) * period, 0.6f, 0, false});
  }
  return all;
}

struct Read {
  TempoReading tempo;
  Beats beats;
};

Read read(const std::vector<float>& x) {
  const double seconds = static_cast<double>(x.size()) / kSoundRate;
  const Novelty rises = novelty(x, kSoundRate);
  const auto onsets = find_onsets(x, kSoundRate, rises);
  Read out;
  out.tempo = find_tempo(rises, onsets, seconds);
  out.beats = find_beats(rises, onsets, seconds, out.tempo);
  return out;
}

/// Four bars: kicks on beats (the k-th moved by moved(k) seconds), hats between; `head` seconds before, the
/// file `beats` beats long.
template <class Moved>
std::vector<float> four_on_the_floor(double beat, double head, double seconds, Moved moved) {
  std::vector<float> x = silence(seconds);
  for (int b = 0; head + b * beat < seconds - 0.1; ++b) {
    add_kick(x, std::max(0.0, head + b * beat + moved(b)), b % 4 == 0 ? 0.9 : 0.7);
    add_hat(x, head + (b + 0.5) * beat, 0.25);
  }
  return x;
}

constexpr auto kNowhere = [](int) { return 0.0; };

}  // namespace

TEST_CASE("the period of pairs of onsets is exact, straight or swung, with strays between", "[grid]") {
  for (const double between : {0.5, 0.63}) {
    auto onsets = onsets_of(0.02, 0.4971, 16, between);
    onsets.insert(onsets.begin() + 5, {onsets[4].seconds + 0.05, 0.9f, 0, false});
    CHECK(period_of_pairs(onsets, kBeat) == Approx(0.4971).margin(1e-4));
    CHECK(period_set_right(onsets, kBeat, 8) == Approx(0.4971).margin(1e-4));
  }
}

TEST_CASE("a period stays where the onsets agree with it, are too few, or wander themselves", "[grid]") {
  CHECK(period_set_right(onsets_of(0, kBeat * 1.0004, 16), kBeat, 8) == kBeat);
  CHECK(period_set_right(onsets_of(0, 0.497, 3), kBeat, 1.5) == kBeat);
  CHECK(period_set_right({}, kBeat, 8) == kBeat);
  auto human = onsets_of(0, 0.498, 16);
  Noise noise(5);
  for (Onset& o : human) o.seconds += 0.02 * noise();
  CHECK(period_set_right(human, kBeat, 8) == kBeat);
}

TEST_CASE("how onsets lie around beats is a median: one that is far off moves nothing", "[grid]") {
  auto onsets = onsets_of(0.012, kBeat, 9, 0.5);
  onsets[4].seconds += 0.035;
  const PhaseFit fit = phase_fit(onsets, 0, kBeat);
  CHECK(fit.late == Approx(0.012).margin(1e-9));
  CHECK(fit.stray == Approx(0).margin(1e-9));
  CHECK(fit.onsets == 9);
  CHECK(phase_fit({}, 0, kBeat).onsets == 0);
}

TEST_CASE("a loop with a tail of silence keeps its own tempo, not that of its length", "[grid]") {
  const double beat = 60 / 122.2;
  const Read r = read(four_on_the_floor(beat, 0, 8 * beat + 0.024, kNowhere));
  CHECK(r.tempo.bpm == Approx(122.2).margin(0.1));
  CHECK(r.beats.first_downbeat == 0);
  REQUIRE(r.beats.seconds.size() >= 8);
  CHECK(r.beats.seconds[7] == Approx(7 * beat).margin(0.003));
}

TEST_CASE("the first beat of a loop is where its onsets say, behind silence at its head", "[grid]") {
  for (const double head : {0.0, 0.008, 0.024, 0.04}) {
    INFO(head);
    const Read r = read(four_on_the_floor(60.0 / 125, head, 16 * 60.0 / 125, kNowhere));
    REQUIRE(r.tempo.beats == 16);
    CHECK(r.beats.seconds.front() == Approx(head).margin(0.003));
    CHECK(r.beats.first_downbeat == 0);
    CHECK(r.beats.downbeat_confidence > 0.3f);
  }
}

TEST_CASE("a loop whose hats on the off-beats outweigh its kicks still begins with its beat", "[grid]") {
  const double beat = 60.0 / 120;
  std::vector<float> x = silence(16 * beat);
  for (int b = 0; b < 16; ++b) {
    add_kick(x, b * beat, 0.5);
    add_hat(x, (b + 0.5) * beat, 0.7);
    if (b % 4 == 2) add_snare(x, b * beat, 0.8);
  }
  const Read r = read(x);
  REQUIRE(!r.beats.seconds.empty());
  const bool on_beat = std::abs(r.beats.seconds.front()) < 0.01;
  CHECK((on_beat || r.beats.downbeat_confidence < 0.3f));  // else it waits to be checked
  if (on_beat) CHECK(r.beats.first_downbeat == 0);
}

TEST_CASE("where kicks stray about the beats, the loop is not sure of its first", "[grid]") {
  Noise noise(11);
  std::vector<double> strays;
  for (int b = 0; b < 16; ++b) strays.push_back(0.03 * noise());
  const double beat = 60.0 / 110;
  const auto at = [&](int b) { return b == 0 ? 0.0 : strays[static_cast<std::size_t>(b % 16)]; };
  const Read loose = read(four_on_the_floor(beat, 0, 16 * beat, at));
  const Read tight = read(four_on_the_floor(beat, 0, 16 * beat, kNowhere));
  CHECK(tight.beats.downbeat_confidence > 0.3f);
  CHECK(loose.beats.downbeat_confidence < 0.5f * tight.beats.downbeat_confidence);
}
