#include "engine/analysis/chroma.h"

#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("a tone counts for the notes whose octave or twelfth it may be", "[chroma]") {
  auto x = silence(4);
  add_sound(x, 0, 4, 0.5, kSoundRate, [](double t) { return std::sin(2 * std::numbers::pi * 440 * t); });
  const Chroma chroma = chroma_of(x, kSoundRate);
  CHECK(chroma.all[2] / chroma.all[9] == Approx(0.25 / (1 + 0.5 + 0.125)).margin(0.02));  // D, A
  CHECK(chroma.all[9] + chroma.all[2] > 0.95);
  CHECK(std::abs(chroma.cents) < 3);
}
