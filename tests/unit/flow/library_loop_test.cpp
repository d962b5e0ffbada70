// A loop of the library has its beat 0 where the beat is, and its edges where the file's are.
#include "control/flow/library_loop.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"

using namespace entrain;
using namespace entrain::test;

namespace {


/// Eight beats at 120 BPM that fill their file, the first `first` seconds behind its beginning.
Analysis cut_loop(double first) {
  Analysis all;
  all.seconds = 4;
  all.tempo.bpm = 120;
  all.tempo.beats = 8;
  all.beats.even = true;
  for (int k = 0; k < 8; ++k) {
    all.beats.seconds.push_back(first + 0.5 * k);
    all.onsets.push_back({std::max(0.0, first + 0.5 * k), 1, 0.5f, true});
  }
  return all;
}

}  // namespace

TEST_CASE("a loop from edge to edge whose first beat lies beside the edge turns about it", "[loop]") {
  const auto asset = make_noise(4 * kRate, 0.1f);
  for (const double first : {0.0, 0.024, 0.008, -0.009}) {
    INFO(first);
    const auto loop = library_loop(asset, kRate, cut_loop(first));
    REQUIRE(loop);
    CHECK(lawful(**loop, asset->frames()));
    CHECK((*loop)->length() == Beat::beats(8));
    CHECK((*loop)->source_length() == 4 * kRate);
    for (int b = 1; b < 7; ++b)
      CHECK((*loop)->source_at(b) - (*loop)->source_at(0) == Approx(b * kRate / 2).margin(0.01));
    const double at = std::remainder((*loop)->source_at(0) - first * kRate, 4.0 * kRate);
    CHECK(std::abs(at) < 0.1);
    CHECK((*loop)->kicks.size() == 8);
  }
}

TEST_CASE("beats counted twice keep the place of beat 0", "[loop]") {
  const auto asset = make_noise(4 * kRate, 0.1f);
  const auto loop = library_loop(asset, kRate, cut_loop(0.02), 2);
  REQUIRE(loop);
  CHECK((*loop)->source_at(0) == Approx(0.02 * kRate).margin(0.1));
  CHECK((*loop)->length() == Beat::beats(16));
}
