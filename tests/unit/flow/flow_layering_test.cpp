// Laws of layers: what may lie over a loop that plays, and why not.
#include "engine/library/flow/layering.h"
#include "tests/support/cards.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

namespace {

Card loop_of(double bpm, int root, bool minor) {
  Card card = some_card(1, "/s/a.wav", 1);
  card.seconds = 16 * 60 / bpm;
  card.bpm = bpm;
  card.bpm_confidence = card.downbeat_confidence = 1;
  card.span = {0, card.seconds, 16};
  card.key = Key{root, minor};
  card.key_confidence = 1;
  card.lufs = -18;
  return card;
}

bool says(const LayerFit& fit, const char* part) {
  for (const std::string& reason : fit.reasons)
    if (reason.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("a layer of the tempo, in a key that mixes, at a level that can be met, fits") {
  const Card foundation = loop_of(120, 9, true);
  const LayerFit fit = layer_fit(foundation, 120, loop_of(122, 0, false));
  CHECK(fit.fits);
  CHECK(says(fit, "122 BPM over 120"));
  CHECK(layer_fit(foundation, 120, loop_of(61, 9, true)).fits);
  CHECK(layer_fit(foundation, 120, loop_of(61, 9, true)).count == 2);
}

TEST_CASE("another tempo, a key that clashes or hardly any sound is refused, with that reason alone") {
  const Card foundation = loop_of(120, 9, true);
  const LayerFit fast = layer_fit(foundation, 120, loop_of(133, 9, true));
  CHECK_FALSE(fast.fits);
  CHECK((says(fast, "133 BPM") && fast.reasons.size() == 1));
  const LayerFit clash = layer_fit(foundation, 120, loop_of(120, 10, true));
  CHECK_FALSE(clash.fits);
  CHECK(says(clash, "clash"));
  Card faint = loop_of(120, 9, true);
  faint.lufs = -50;
  CHECK_FALSE(layer_fit(foundation, 120, faint).fits);
  CHECK(says(layer_fit(foundation, 120, faint), "too quiet"));
}

TEST_CASE("a layer that has to be raised or lowered says by how much, and what is left") {
  const Card foundation = loop_of(120, 9, true);
  const auto at = [&](float lufs) {
    Card card = loop_of(120, 9, true);
    card.lufs = lufs;
    return layer_fit(foundation, 120, card);
  };
  CHECK(says(at(-27), "raised by 9 dB to the level of what plays"));
  CHECK(says(at(-34), "raised by 12 dB to -22 LUFS, still below what plays"));
  CHECK(says(at(-8), "lowered by 10 dB"));
  CHECK((at(-34).fits && !says(at(-17), "LUFS") && !says(at(-17), "dB")));
}

TEST_CASE("what has no beat, or no key that is sure, clashes with nothing") {
  const Card foundation = loop_of(120, 9, true);
  Card ambient = loop_of(120, 10, true);
  ambient.bpm = 0;
  ambient.span = {};
  ambient.key_confidence = 0.2f;
  CHECK(layer_fit(foundation, 120, ambient).fits);
  CHECK(says(layer_fit(foundation, 120, ambient), "no beat"));
}
