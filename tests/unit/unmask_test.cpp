// The laws of layers that leave room to their foundation.
#include <algorithm>
#include <cmath>

#include "engine/units/dsp/unmasker.h"
#include "tests/support/catch.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {


/// A foundation and a layer over it, each a tone; the layer alone is heard in the output, in the right
/// channel.
struct Layers {
  Layers(double foundation, double layer, float level = 0.2f) {
    performance.epoch = 1;
    const auto side = [](std::shared_ptr<const Asset> mono, bool right) {
      auto asset = std::make_shared<Asset>(*mono);
      asset->right = asset->left;
      std::fill((right ? asset->left : asset->right).begin(), (right ? asset->left : asset->right).end(),
                0.0f);
      return asset;
    };
    const auto tone = [](double hertz, float loud) { return make_sine(8 * kBeat, hertz / kRate, loud); };
    performance.decks[0] = make_deck(side(tone(foundation, 0.2f), false), 8);
    performance.decks[2] = make_deck(side(tone(layer, level), true), 8);
    rig.load(performance);
    rig.post("/deck/3/under", 1);
    rig.post("/deck/1/play", 1);
    rig.post("/deck/3/play", 1);
  }
  /// The layer's level after two seconds, in dB of what it is by itself.
  double heard(float alone = 0.2f) {
    const Frame zero = rig.play();
    rig.run(zero.index + 5 * kBeat - rig.engine.frame().index);
    const auto end = static_cast<std::ptrdiff_t>(rig.right.size());
    float most = 0;
    for (auto i = end - 4'800; i < end; ++i)
      most = std::max(most, std::abs(rig.right[static_cast<std::size_t>(i)]));
    return 20 * std::log10(static_cast<double>(most / alone));
  }
  Performance performance;
  Rig rig;
};

}  // namespace

TEST_CASE("a layer steps back where its foundation is at home, and nowhere else", "[unmask]") {
  CHECK(Layers(500, 500).heard() == Approx(-6).margin(1.5));
  CHECK(Layers(500, 4'000).heard() == Approx(0).margin(0.7));
  CHECK(Layers(500, 62.5).heard() == Approx(0).margin(0.7));
}

TEST_CASE("a layer that lies well below its foundation is left alone", "[unmask]") {
  CHECK(Layers(500, 500, 0.2f * 0.4f).heard(0.2f * 0.4f) == Approx(0).margin(0.1));
  Layers faded(500, 500);
  faded.rig.post("/deck/3/gain", -12);
  CHECK(faded.heard() == Approx(-12).margin(0.2));
}

TEST_CASE("the depth bounds how far a layer steps back, and 0 leaves it bit for bit", "[unmask]") {
  Layers deep(500, 500, 0.8f);
  deep.rig.post("/deck/3/unmask", 12);
  CHECK(deep.heard(0.8f) == Approx(-12).margin(2.5));

  const auto samples = [](double depth, double under) {
    Layers layers(500, 500);
    layers.rig.post("/deck/3/unmask", depth);
    layers.rig.post("/deck/3/under", under);
    layers.heard();
    return layers.rig.right;
  };
  const auto alone = samples(6, 0);
  CHECK(samples(0, 1) == alone);
  CHECK(samples(6, 1) != alone);
}

TEST_CASE("a foundation that nobody hears asks for no room", "[unmask]") {
  for (const auto& [control, value] :
       {std::pair{"/deck/1/mute", 1.0}, {"/deck/1/gain", -60.0}, {"/deck/1/play", 0.0}}) {
    INFO(control);
    Layers layers(500, 500);
    layers.rig.post(control, value);
    CHECK(layers.heard() == Approx(0).margin(0.05));
  }
}

TEST_CASE("the snapshot tells how far a layer stepped back", "[unmask]") {
  Layers layers(500, 500);
  layers.heard();
  CHECK(layers.rig.snapshot().unmasked[2] == Approx(6).margin(0.7));
  CHECK(layers.rig.snapshot().unmasked[0] == 0);
}

TEST_CASE("bells on all bands are within 2.5 dB of one gain", "[unmask]") {
  for (double hertz = 70; hertz < 7'500; hertz *= 1.09) {
    UnmaskBands bands;
    bands.prepare(kRate);
    UnmaskBands::Cuts half;
    half.from.fill(0.5f), half.to.fill(0.5f);
    float most = 0;
    for (int q = 0; q < 400; ++q) {
      float left[kQuantum], right[kQuantum]{};
      for (int i = 0; i < kQuantum; ++i)
        left[i] = static_cast<float>(std::sin(2 * std::numbers::pi * hertz / kRate * (q * kQuantum + i)));
      bands.process(left, right, half);
      if (q >= 300)
        for (const float x : left) most = std::max(most, std::abs(x));
    }
    CHECK(20 * std::log10(static_cast<double>(most)) == Approx(-6).margin(2.5));
  }
}

TEST_CASE("a change of the crossfader's side is no step", "[unmask]") {
  Layers layers(500, 500);
  layers.rig.post("/deck/3/under", 0);
  layers.rig.post("/crossfader/position", -1);
  const Frame zero = layers.rig.play();
  layers.rig.run(zero.index + 4 * kBeat - layers.rig.engine.frame().index);
  const std::size_t before = layers.rig.right.size();
  layers.rig.post("/deck/3/side", 2);
  layers.rig.run(kBeat);
  const auto& x = layers.rig.right;
  CHECK(std::abs(x.back()) < 1e-4f);
  float step = 0;
  for (std::size_t i = before; i < x.size(); ++i) step = std::max(step, std::abs(x[i] - x[i - 1]));
  CHECK(step < 0.2f * 2 * 3.15f * 500 / kRate + 0.2f / 300);  // the tone's own, and a fade of 480 frames
  int fading = 0;  // half waves between 10 and 80 %
  for (std::size_t i = before; i + 48 <= x.size(); i += 48) {
    float most = 0;
    for (std::size_t k = i; k < i + 48; ++k) most = std::max(most, std::abs(x[k]));
    fading += most > 0.02f && most < 0.16f;
  }
  CHECK(fading >= 5);
}
