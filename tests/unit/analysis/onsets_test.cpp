#include "engine/analysis/onsets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

std::vector<Onset> onsets_of(const std::vector<float>& x, int rate = kSoundRate) {
  return find_onsets(x, rate, novelty(x, rate));
}

void check_times(const std::vector<Onset>& found, const std::vector<double>& expected, double within) {
  std::string times;
  for (const Onset& o : found) times += std::to_string(o.seconds) + " ";
  INFO("found at " << times);
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO("onset " << i << " at " << found[i].seconds << ", expected " << expected[i]);
    REQUIRE(std::abs(found[i].seconds - expected[i]) < within);
  }
}

}  // namespace

TEST_CASE("hits are found within two milliseconds, kicks told from hats", "[onsets]") {
  std::vector<float> x = silence(4);
  std::vector<double> expected;
  for (int i = 0; i < 7; ++i) {
    expected.push_back(0.3 + 0.51 * i);
    if (i % 2 == 0)
      add_kick(x, expected.back(), 0.8);
    else
      add_hat(x, expected.back(), 0.3);
  }
  const auto found = onsets_of(x);
  check_times(found, expected, 0.002);
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("onset " << i);
    CHECK(found[i].kick == (i % 2 == 0));
  }
}

TEST_CASE("hats alone hold no kick, and the strongest onset has strength one", "[onsets]") {
  std::vector<float> x = silence(3);
  for (int i = 0; i < 5; ++i) add_hat(x, 0.2 + 0.5 * i, i == 2 ? 0.8 : 0.1);
  const auto found = onsets_of(x);
  REQUIRE(found.size() == 5);
  CHECK(std::none_of(found.begin(), found.end(), [](const Onset& o) { return o.kick; }));
  const auto strongest = std::max_element(
      found.begin(), found.end(), [](const Onset& a, const Onset& b) { return a.strength < b.strength; });
  CHECK(strongest - found.begin() == 2);
  CHECK(strongest->strength == 1.0f);
}

TEST_CASE("a sound that begins with its file has its first onset at the beginning", "[onsets]") {
  std::vector<float> x = silence(1);
  add_kick(x, 0, 0.8);
  check_times(onsets_of(x), {0.0}, 0.001);
}

TEST_CASE("a sound that comes soon after its file begins has its onset where it begins, not the file", "[onsets]") {
  for (const double at : {0.003, 0.0096, 0.02}) {
    std::vector<float> x = silence(1);
    add_kick(x, at, 0.8);
    add_noise(x, 0.002, 5);
    INFO("at " << at);
    check_times(onsets_of(x), {at}, 0.001);
  }
}

TEST_CASE("onsets do not depend on level, rate, or on noise 40 dB below", "[onsets]") {
  const std::vector<double> expected{0.25, 0.5, 1.0, 1.3, 1.75};
  for (const int rate : {44'100, 48'000, 22'050}) {
    for (const double level : {0.001, 1.0}) {
      std::vector<float> x = silence(2.5, rate);
      for (const double t : expected) add_note(x, t, 0.24, 330, 0.5 * level, rate);
      add_noise(x, 0.003 * level, 5);
      INFO(rate << " Hz, level " << level);
      check_times(onsets_of(x, rate), expected, 0.005);
    }
  }
}

TEST_CASE("a held note, however it shakes, has one onset", "[onsets]") {
  std::vector<float> x = silence(2);
  double phase = 0;
  for (std::size_t i = kSoundRate / 2; i < x.size(); ++i) {
    const double t = static_cast<double>(i) / kSoundRate;
    phase += 2 * std::numbers::pi * 660 * (1 + 0.02 * std::sin(2 * std::numbers::pi * 6 * t)) / kSoundRate;
    x[i] = static_cast<float>(0.5 * std::sin(phase));
  }
  check_times(onsets_of(x), {0.5}, 0.004);
}

TEST_CASE("ticks that a loud hum drowns are heard in its slope", "[onsets]") {
  std::vector<float> x = silence(2);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] =
        static_cast<float>(0.8 * std::sin(2 * std::numbers::pi * 55 * static_cast<double>(i) / kSoundRate));
  for (const double t : {0.5, 0.9, 1.4}) add_hat(x, t, 0.02);
  const auto found = onsets_of(x);
  std::vector<double> times;
  for (const Onset& o : found)
    if (o.seconds > 0.1) times.push_back(o.seconds);
  REQUIRE(times.size() == 3);
  CHECK(times[0] == Approx(0.5).margin(0.002));
  CHECK(times[1] == Approx(0.9).margin(0.002));
  CHECK(times[2] == Approx(1.4).margin(0.002));
}

TEST_CASE("every input has finite, ordered onsets within it", "[onsets]") {
  for (const auto& [name, x] : named_odd_sounds(kSoundRate)) {
    INFO(name);
    double last = -1;
    for (const Onset& o : onsets_of(x)) {
      REQUIRE(std::isfinite(o.seconds));
      REQUIRE(o.seconds >= last + 0.03 - 1e-9);
      REQUIRE(o.seconds <= static_cast<double>(x.size()) / kSoundRate);
      REQUIRE((o.strength >= 0 && o.strength <= 1 && o.low >= 0 && o.low <= 1));
      last = o.seconds;
    }
  }
  CHECK(onsets_of({}).empty());
  CHECK(onsets_of(silence(1)).empty());
}
