// What an analysis decides does not depend on the machine's instruction-set level.
#include "tests/support/levels.h"

#include "engine/analysis/analysis.h"
#include "engine/analysis/weighted_sums.h"
#include "tests/support/decoded.h"
#include "tests/support/library_sounds.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Two loops, two hits, a chord, a texture.
std::vector<Pcm> some_sounds() {
  std::vector<Pcm> sounds{as_pcm(a_loop()), as_pcm(a_hit())};
  for (const char* name : {"loop_amen", "drum_snare_hard", "ambi_piano", "ambi_swoosh"}) {
    auto pcm = decode("/usr/share/sonic-pi/samples/" + std::string(name) + ".flac", kOwnRate);
    REQUIRE(pcm);
    sounds.push_back(std::move(*pcm));
  }
  return sounds;
}

void same(const Analysis& a, const Analysis& b) {
  CHECK(a.tempo.bpm == Approx(b.tempo.bpm).epsilon(1e-6));
  CHECK(a.tempo.beats == b.tempo.beats);
  CHECK(a.tempo.confidence == Approx(b.tempo.confidence).margin(1e-3));
  REQUIRE(a.beats.seconds.size() == b.beats.seconds.size());
  for (std::size_t i = 0; i < a.beats.seconds.size(); ++i)
    CHECK(a.beats.seconds[i] == Approx(b.beats.seconds[i]).margin(1e-5));
  CHECK(a.beats.first_downbeat == b.beats.first_downbeat);
  CHECK(a.key.has_key == b.key.has_key);
  CHECK((a.key.best.key.root == b.key.best.key.root && a.key.best.key.minor == b.key.best.key.minor));
  REQUIRE(a.onsets.size() == b.onsets.size());
  for (std::size_t i = 0; i < a.onsets.size(); ++i) {
    CHECK(a.onsets[i].seconds == b.onsets[i].seconds);
    CHECK(a.onsets[i].kick == b.onsets[i].kick);
  }
  REQUIRE(a.hit.has_value() == b.hit.has_value());
  if (a.hit) CHECK(a.hit->hit == b.hit->hit);
}

void near(const Analysis& a, const Analysis& b) {
  CHECK(a.loudness.integrated == Approx(b.loudness.integrated).margin(1e-6));
  CHECK(a.loudness.true_peak == Approx(b.loudness.true_peak).margin(1e-4));
  CHECK(a.energy == Approx(b.energy).margin(1e-3));
  for (std::size_t i = 0; i < a.fingerprint.size(); ++i) {
    INFO(fingerprint_name(i));
    CHECK(a.fingerprint[i] == Approx(b.fingerprint[i]).epsilon(1e-4).margin(1e-3));
  }
  for (std::size_t i = 0; i < a.descriptors.size(); ++i) {
    INFO(descriptor_name(i));
    CHECK(a.descriptors[i] == Approx(b.descriptors[i]).epsilon(1e-3).margin(1e-2));
  }
  for (std::size_t i = 0; i < a.thumbnail.levels.size(); ++i)
    REQUIRE(a.thumbnail.levels[i] == Approx(b.thumbnail.levels[i]).margin(1e-3));
  for (std::size_t i = 0; i < a.bands.size(); ++i)  // a peak may rise by 10 dB but for a rounding
    CHECK(std::abs(a.bands[i].count - b.bands[i].count) <= 1 + b.bands[i].count / 100);
}

}  // namespace

TEST_CASE("every instruction-set level hears the same", "[levels]") {
  for (const Pcm& pcm : some_sounds()) {
    const Analysis at_best = analyse(pcm);
    for (const Isa isa : available_isas()) {
      const AtLevel level(isa);
      INFO(name_of(isa) << ", a sound of " << pcm.left.size() << " frames");
      const Analysis here = analyse(pcm);
      same(here, at_best);
      near(here, at_best);
    }
  }
}

TEST_CASE("a loop runs at the level that is asked for", "[levels]") {
  // Above the baseline, products are not rounded before they are added.
  const std::vector<float> values = white_noise(1'000, 3), weights = white_noise(1'000, 4);
  WeightedSums sums(values.size());
  sums.add(0, weights);
  const auto at = [&](Isa isa) {
    const AtLevel level(isa);
    float sum = 0;
    sums.apply(values, std::span(&sum, 1));
    return sum;
  };
  for (const Isa isa : available_isas()) CHECK((at(isa) == at(Isa::baseline)) == (isa == Isa::baseline));
}
