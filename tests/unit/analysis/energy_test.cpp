#include "engine/analysis/energy.h"

#include <limits>

#include "engine/analysis/analysis.h"
#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

namespace {

float energy(const std::vector<float>& x) { return analyse(as_pcm(x)).energy; }

/// Kicks on beats and hats between, at `bpm`.
std::vector<float> beat(double bpm, double level) {
  std::vector<float> x = silence(4);
  for (double t = 0; t < 3.9; t += 60 / bpm) {
    add_kick(x, t, level);
    add_hat(x, t + 30 / bpm, 0.4 * level);
    add_hat(x, t + 45 / bpm, 0.3 * level);
  }
  return x;
}

}  // namespace

TEST_CASE("energy grows with loudness, density, brightness and kicks, from 0 to 10", "[energy]") {
  const Drive middle{-20, 3, 60, 1};
  const float here = energy_of(middle);
  CHECK((here > 2 && here < 8));
  for (const Drive& more : {Drive{-15, 3, 60, 1}, {-20, 5, 60, 1}, {-20, 3, 70, 1}, {-20, 3, 60, 2}})
    CHECK(energy_of(more) > here);
  for (const Drive& less : {Drive{-25, 3, 60, 1}, {-20, 1, 60, 1}, {-20, 3, 50, 1}, {-20, 3, 60, 0}})
    CHECK(energy_of(less) < here);
  CHECK(energy_of({0, 100, 200, 100}) == Approx(10));
  CHECK(energy_of({-60, 0, 0, 0}) == 0);
  CHECK(energy_of({-70, 10, 80, 2}) == 0);
}

TEST_CASE("energy is finite whatever it is made of", "[energy]") {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(),
                   kInfinity = std::numeric_limits<double>::infinity();
  for (const double odd : {kNaN, kInfinity, -kInfinity})
    for (const Drive& drive :
         {Drive{odd, 3, 60, 1}, {-20, odd, 60, 1}, {-20, 3, odd, 1}, {-20, 3, 60, odd}}) {
      const float value = energy_of(drive);
      CHECK((value >= 0 && value <= 10));
    }
}

TEST_CASE("a pad rests, a beat moves, a faster and a louder one more so; silence has none", "[energy]") {
  std::vector<float> pad = silence(4);
  add_sound(pad, 0, 4, 0.1, kSoundRate, [](double t) {
    return std::min(1.0, t) *
           (std::sin(2 * std::numbers::pi * 220 * t) + std::sin(2 * std::numbers::pi * 277.2 * t));
  });
  const float rests = energy(pad), slow = energy(beat(90, 0.5)), fast = energy(beat(170, 0.5));
  CHECK(energy(silence(4)) == 0);
  CHECK(rests > 0);
  CHECK(slow > rests + 1);
  CHECK(fast > slow);
  CHECK(energy(beat(90, 0.9)) > slow);
}
