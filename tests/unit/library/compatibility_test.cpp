// How well one sound follows another, and why.
#include "engine/library/find/compatibility.h"

#include "engine/library/find/tempo_match.h"
#include "engine/library/find/wheel.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

Key key(const char* name) { return *key_from(name); }

Card card(double bpm, const char* name = nullptr) {
  Card c;
  c.bpm = bpm;
  c.bpm_confidence = c.key_confidence = 1;
  if (name) c.key = key(name);
  c.energy = 5;
  c.onsets_per_second = 4;
  return c;
}

const Reason& reason(const Compatibility& c, Criterion of) {
  for (const Reason& r : c.reasons)
    if (r.of == of) return r;
  FAIL("no such reason");
  return c.reasons.front();
}

}  // namespace

TEST_CASE("the wheel: a fifth is a neighbour, the relative shares the number, a whole tone is a boost") {
  CHECK(wheel_step(key("8A"), key("8A")) == WheelStep::same);
  CHECK(wheel_step(key("8A"), key("9A")) == WheelStep::neighbour);
  CHECK(wheel_step(key("1A"), key("12A")) == WheelStep::neighbour);
  CHECK(wheel_step(key("8A"), key("8B")) == WheelStep::relative);
  CHECK(wheel_step(key("8A"), key("9B")) == WheelStep::diagonal);
  CHECK(wheel_step(key("8B"), key("7A")) == WheelStep::diagonal);
  CHECK(wheel_step(key("8A"), key("10A")) == WheelStep::energy_boost);
  CHECK(wheel_step(key("8A"), key("6A")) == WheelStep::energy_boost);
  CHECK(wheel_step(key("8A"), key("10B")) == WheelStep::none);
  CHECK(wheel_step(key("8A"), key("2A")) == WheelStep::none);
}

TEST_CASE("a step on the wheel is the step its Camelot numbers say, both ways") {
  for (int a = 0; a < 24; ++a)
    for (int b = 0; b < 24; ++b) {
      const Key from{a % 12, a >= 12}, to{b % 12, b >= 12};
      const int apart = std::abs(std::stoi(camelot(from)) - std::stoi(camelot(to)));
      const int numbers = std::min(apart, 12 - apart);
      const bool letter = from.minor == to.minor;
      const WheelStep step = wheel_step(from, to);
      CHECK(step == wheel_step(to, from));
      CHECK((step == WheelStep::same) == (numbers == 0 && letter));
      CHECK((step == WheelStep::neighbour) == (numbers == 1 && letter));
      CHECK((step == WheelStep::relative) == (numbers == 0 && !letter));
      CHECK((step == WheelStep::diagonal) == (numbers == 1 && !letter));
      CHECK((step == WheelStep::energy_boost) == (numbers == 2 && letter));
    }
}

TEST_CASE("tempi are compared in half and double time where that is nearer") {
  CHECK(match_tempo(120, 122).apart == Approx(100.0 * 2 / 122));
  CHECK(match_tempo(122, 120).apart == Approx(100.0 * 2 / 122));
  CHECK(match_tempo(120, 122).times == 1);
  CHECK(match_tempo(174, 87).apart == Approx(0).margin(1e-9));
  CHECK(match_tempo(174, 87).times == 2);
  CHECK(match_tempo(87, 172).times == 0.5);
  CHECK(match_tempo(87, 172).apart == Approx(100.0 * 1 / 87));
}

TEST_CASE("what is the same in all fits wholly, and the reasons say why") {
  const auto c = compatibility(card(120, "Cm"), card(120, "Cm"), 1);
  CHECK(c.score == Approx(1));
  CHECK(!c.refused);
  CHECK(reason(c, Criterion::tempo).text == "120 and 120 BPM: the same tempo");
  CHECK(reason(c, Criterion::key).text == "matched key: C minor");
}

TEST_CASE("reasons are the words of a performer") {
  const auto c = compatibility(card(120, "8A"), card(122, "9A"), 0.83);
  CHECK(reason(c, Criterion::tempo).text == "120 and 122 BPM: 1.6 % apart");
  CHECK(reason(c, Criterion::key).text == "8A to 9A: neighbours on the wheel");
  CHECK(reason(c, Criterion::likeness).text == "sounds alike (0.83)");
  CHECK(reason(c, Criterion::energy).text == "energy 5 to 5: level");
  CHECK(reason(c, Criterion::density).text == "4 and 4 onsets a second: equally dense");
  const auto half = compatibility(card(87), card(174), 0);
  CHECK(reason(half, Criterion::tempo).text == "87 and 174 BPM: the same tempo in half time");
}

TEST_CASE("tempi beyond the limit are refused, and it is said") {
  const auto far = compatibility(card(120, "Cm"), card(127, "Cm"), 1);
  CHECK(far.refused);
  CHECK(far.score == 0);
  CHECK(reason(far, Criterion::tempo).text == "120 and 127 BPM: 5.5 % apart, more than 5 %: refused");
  CHECK(!compatibility(card(120), card(126), 1).refused);
  CompatibilityWeights wider;
  wider.tempo_limit = 8;
  CHECK(!compatibility(card(120), card(127), 1, wider).refused);
  wider.tempo = 0;  // it still refuses, and says so
  const auto farther = compatibility(card(120), card(140), 1, wider);
  CHECK(farther.refused);
  CHECK(reason(farther, Criterion::tempo).weight == 0);
}

TEST_CASE("the nearer the tempo, key, energy, density and sound, the higher the score") {
  const Card from = card(120, "8A");
  const auto score = [&](const Card& to, double likeness = 0) {
    return compatibility(from, to, likeness).score;
  };
  CHECK(score(card(120, "8A")) > score(card(121, "8A")));
  CHECK(score(card(121, "8A")) > score(card(123, "8A")));
  CHECK(score(card(120, "8A")) > score(card(60, "8A")));
  CHECK(score(card(120, "8A")) > score(card(120, "9A")));
  CHECK(score(card(120, "9A")) > score(card(120, "9B")));
  CHECK(score(card(120, "9B")) > score(card(120, "10A")));
  CHECK(score(card(120, "10A")) > score(card(120, "2A")));
  CHECK(score(card(120), 0.5) > score(card(120), 0.2));
  Card lively = card(120, "8A");
  lively.energy = 7;
  CHECK(score(card(120, "8A")) > score(lively));
  Card dense = card(120, "8A");
  dense.onsets_per_second = 8;
  CHECK(score(card(120, "8A")) > score(dense));
}

TEST_CASE("diagonals count as the performer wants them") {
  CompatibilityWeights without;
  without.diagonals = false;
  const Card a = card(120, "8A"), b = card(120, "9B"), far = card(120, "2A");
  CHECK(compatibility(a, b, 0).score > compatibility(a, far, 0).score);
  CHECK(compatibility(a, b, 0, without).score == Approx(compatibility(a, far, 0, without).score));
}

TEST_CASE("what is not known says nothing, and that is said") {
  const auto c = compatibility(card(120, "Cm"), card(0), 0);
  CHECK(!c.refused);
  CHECK(reason(c, Criterion::tempo).value == 0.5);
  CHECK(reason(c, Criterion::tempo).text == "the second has no tempo: it says nothing");
  CHECK(reason(c, Criterion::key).value == 0.5);
  CHECK(reason(compatibility(card(0), card(120), 0), Criterion::tempo).text ==
        "the first has no tempo: it says nothing");
  CHECK(reason(compatibility(card(0), card(0), 0), Criterion::key).text ==
        "neither has a key: it says nothing");
}

TEST_CASE("an unsure key counts the less, either way") {
  Card a = card(120, "8A"), good = card(120, "8A"), bad = card(120, "2A");
  a.key_confidence = 0.2f;
  const auto fits = reason(compatibility(a, good, 0), Criterion::key);
  const auto clashes = reason(compatibility(a, bad, 0), Criterion::key);
  CHECK(fits.value == Approx(0.6));
  CHECK(clashes.value == Approx(0.4));
  CHECK(fits.text == "matched key: A minor (unsure)");
}

TEST_CASE("weights are shares; one of nothing leaves its reason out; all of nothing score nothing") {
  CompatibilityWeights only;
  only.tempo = only.likeness = only.energy = only.density = 0;
  only.key = 7;
  const auto c = compatibility(card(120, "8A"), card(121, "9A"), -1, only);
  CHECK(c.score == Approx(0.9));
  REQUIRE(c.reasons.size() == 1);
  CHECK(c.reasons[0].weight == Approx(1));
  only.key = 0;
  CHECK(compatibility(card(120), card(120), 1, only).score == 0);
}
