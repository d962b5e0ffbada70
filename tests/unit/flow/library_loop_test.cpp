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

TEST_CASE("loops of all levels meet at -18 LUFS, moved by 12 dB at most; silence stays", "[loop]") {
  const auto asset = make_noise(4 * kRate, 0.1f);
  const auto gain = [&](double lufs) {
    Analysis all = cut_loop(0);
    all.loudness.integrated = lufs;
    const auto loop = library_loop(asset, kRate, all);
    REQUIRE(loop);
    return 20 * std::log10(static_cast<double>((*loop)->gain));
  };
  CHECK(gain(-24) == Approx(6).margin(1e-4));
  CHECK(gain(-10) == Approx(-8).margin(1e-4));
  CHECK(gain(-50) == Approx(12).margin(1e-4));
  CHECK(gain(-70) == Approx(0).margin(1e-4));
}

TEST_CASE("of kicks within a sixteenth, round the loop too, the strongest is locked to", "[loop]") {
  const auto asset = make_noise(4 * kRate, 0.1f);
  Analysis all = cut_loop(0);
  all.onsets.push_back({0.55, 1, 0.9f, true});  // beat 1.1, stronger than the one on beat 1
  all.onsets[1].strength = 0.5f;
  all.onsets.push_back({3.95, 0.4f, 0.9f, true});  // a tenth of a beat before the loop begins anew
  const auto loop = library_loop(asset, kRate, all);
  REQUIRE(loop);
  CHECK(lawful(**loop, asset->frames()));
  CHECK((*loop)->onsets.size() == 10);
  const std::vector<Beat> kicks{Beat(0),        Beat::nearest(1.1), Beat::beats(2), Beat::beats(3),
                                Beat::beats(4), Beat::beats(5),     Beat::beats(6), Beat::beats(7)};
  CHECK((*loop)->kicks == kicks);
}
