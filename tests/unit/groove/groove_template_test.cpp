#include "engine/groove/groove_template.h"

#include <cmath>
#include <memory>

#include "engine/core/draws.h"
#include "tests/support/catch.h"
#include "tests/support/midi.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("a template is where the hits of every bar fall on average, and how hard", "[groove]") {
  std::vector<PlayedHit> hits;
  for (int bar = 0; bar < 8; ++bar) {
    hits.push_back({4.0 * bar, 1.0});
    hits.push_back({4.0 * bar + 1.03 + (bar % 2 ? 0.01 : -0.01), 0.5});  // 0.12 sixteenths late
    if (bar > 0) hits.push_back({4.0 * bar - 0.025, 0.75});  // 0.1 sixteenths early, of the next bar
  }
  const auto groove = groove_of("feel", hits, 4);
  REQUIRE(groove);
  CHECK(lawful(*groove));
  CHECK(groove->name == "feel");
  REQUIRE(groove->sixteenths.size() == 16);
  CHECK(groove->sixteenths[4].shift == Approx(0.12).margin(1.5e-4));
  // Bar lines: eight hits of 1 on the line, seven of 0.75 a tenth early.
  CHECK(groove->sixteenths[0].shift == Approx(-0.1 * 7 * 0.75 / (8 + 7 * 0.75)).margin(1.5e-4));
  const double mean = (8 + 4 + 7 * 0.75) / 23;
  CHECK(groove->sixteenths[4].velocity == Approx(0.5 / mean).margin(1.5e-4));
  CHECK(groove->sixteenths[2] == Groove::Sixteenth{});  // nobody plays there
}

TEST_CASE("without hits there is no feel; hits far off stay within half a sixteenth", "[groove]") {
  CHECK_FALSE(groove_of("none", {}, 4));
  const std::vector<PlayedHit> wild{{0.1249, 1e-6}, {1e6 + 0.3751, 1}, {2.125, 1}};
  const auto groove = groove_of("wild", wild, 3);
  REQUIRE(groove);
  CHECK(groove->sixteenths.size() == 12);
  CHECK(lawful(*groove));
}

TEST_CASE("a MIDI file's feel is its drummer's, else everybody's", "[groove]") {
  const auto drummer = midi_notes({{0}, {28, 60}, {48}, {76, 60}});  // swung sixteenths: 28 of 96, not 24
  const auto pianist = midi_notes({{10, 100, 60, 0}, {12, 127, 64, 0}});
  const auto both = parse_midi(midi_file(1, 96, {drummer, pianist}), "x.mid");
  REQUIRE(both);
  const auto hits = hits_of(*both);
  REQUIRE(hits.size() == 4);
  CHECK(hits[1].beat == Approx(28 / 96.0));
  CHECK(hits[1].weight == Approx(60 / 127.0));
  const auto groove = groove_of("x", hits, 4);
  REQUIRE(groove);
  CHECK(groove->sixteenths[1].shift == Approx(4 / 24.0).margin(1e-4));
  CHECK(groove->sixteenths[3].shift == Approx(4 / 24.0).margin(1e-4));
  const auto alone = parse_midi(midi_file(0, 960, {midi_notes({{0, 100, 60, 0}, {5, 127, 64, 0}})}), "x.mid");
  REQUIRE(hits_of(*alone).size() == 1);  // a chord, rolled a little, is one hit
  CHECK(hits_of(*alone)[0].weight == 1.0);
}

TEST_CASE("a loop's feel is where its onsets lie between its beats", "[groove]") {
  // Two bars at 120 BPM; every second sixteenth is a fifth of itself late, and half as loud.
  constexpr int kRate = 44'100;
  constexpr double kSixteenth = 0.125 * kRate;
  auto asset = std::make_shared<Asset>();
  asset->left.resize(static_cast<std::size_t>(32 * kSixteenth));
  for (int i = 0; i < 32; ++i) {
    const auto at = static_cast<std::size_t>((i + (i % 2 ? 0.2 : 0.0)) * kSixteenth);
    for (std::size_t k = 0; k < 2'000 && at + k < asset->left.size(); ++k)
      asset->left[at + k] +=
          static_cast<float>((i % 2 ? 0.4 : 0.8) * std::exp(-static_cast<double>(k) / 300) *
                             (static_cast<double>(mix_bits(k) >> 40) / 8388608.0 - 1));
  }
  Loop loop;
  loop.asset = asset;
  loop.warp = {{Beat(0), 0}, {Beat::beats(8), static_cast<double>(asset->frames())}};
  const auto groove = groove_of("loop", hits_of(loop, kRate), 4);
  REQUIRE(groove);
  for (std::size_t i = 0; i < 16; ++i) {
    INFO(i);
    CHECK(std::abs(groove->sixteenths[i].shift - (i % 2 ? 0.2f : 0.0f)) < 0.04f);  // 5 ms
    CHECK((i % 2 ? groove->sixteenths[i].velocity < 1 : groove->sixteenths[i].velocity > 1));
  }
}
