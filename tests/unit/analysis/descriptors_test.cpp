// What descriptors say of sounds whose nature is known.
#include "engine/analysis/descriptors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/analysis/hit_features.h"
#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;
using namespace entrain::descriptor;

namespace {

std::vector<float> ring(double hertz, double decay, double seconds, int rate = 44'100) {
  std::vector<float> sound(static_cast<std::size_t>(seconds * rate));
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const double t = static_cast<double>(i) / rate;
    sound[i] = static_cast<float>(0.5 * std::exp(-t / decay) * std::sin(2 * std::numbers::pi * hertz * t));
  }
  return sound;
}

double octaves(double ms) { return std::log2(1 + ms); }

}  // namespace

TEST_CASE("descriptors have a name each, and blocks that follow one another", "[descriptors]") {
  std::size_t next = 0;
  for (const DescriptorBlock& block : kBlocks) {
    CHECK(block.first == next);
    next += block.size;
  }
  CHECK(next == kCount);
  CHECK(descriptor_name(0) == "envelope_0");
  CHECK(descriptor_name(kBrightness.first) == "brightness");
  CHECK(descriptor_name(kCount - 1) == "chroma_11");
}

TEST_CASE("descriptors are finite for any sound at any rate", "[descriptors]") {
  for (const int rate : {1'000, 8'000, 44'100, 192'000}) {
    Describer describe(rate);
    for (const auto& sound : odd_sounds(rate))
      for (const float value : describe(sound)) CHECK(std::isfinite(value));
  }
}

TEST_CASE("a describer remembers nothing, and does not care how loud a sound is", "[descriptors]") {
  Describer describe(44'100);
  const auto sound = ring(220, 0.2, 0.7);
  auto quiet = sound;
  for (float& x : quiet) x /= 256;
  const Descriptors first = describe(sound);
  describe(ring(3'000, 0.02, 0.1));
  CHECK(describe(sound) == first);
  CHECK(describe(quiet) == first);
}

TEST_CASE("a ring of 220 Hz is described as one", "[descriptors]") {
  Describer describe(44'100);
  // Energy falls by 10 dB in 1.151 decay times of amplitude.
  const auto d = describe(ring(220, 0.1, 1.2));
  CHECK(d[kEnvelope.first] < octaves(8));
  CHECK(d[kEnvelope.first + 1] == Approx(octaves(115)).margin(0.1));
  CHECK(d[kEnvelope.first + 3] == Approx(octaves(230)).margin(0.1));
  CHECK(d[kEnvelope.first + 8] == Approx(octaves(460)).margin(0.1));
  CHECK(d[kEnvelope.first + 9] == Approx(octaves(1'200)).margin(0.01));
  CHECK(d[kEnvelope.first + 12] == Approx(octaves(35)).margin(0.15));
  CHECK(d[kPitch.first + 3] == Approx(std::log2(220)).margin(0.03));
  CHECK(d[kPitch.first + 4] > 0.9f);
  CHECK(d[kShape.first + 3] == Approx(std::log2(220)).margin(0.2));
  for (std::size_t c = 0; c < 12; ++c)  // A is the ninth from C
    if (c != 9) CHECK(d[kChroma.first + c] < d[kChroma.first + 9]);
}

TEST_CASE("noise is flat, a sine is not, and higher is brighter", "[descriptors]") {
  Describer describe(44'100);
  const auto noise = describe(white_noise(44'100)), low = describe(ring(100, 0.5, 1)),
             high = describe(ring(6'000, 0.5, 1));
  CHECK(noise[kTonality.first + 4] > -4);
  CHECK(high[kTonality.first + 5] < -20);
  CHECK(high[kBrightness.first] > low[kBrightness.first]);
  CHECK(noise[kShape.first + 1] > high[kShape.first + 1]);
}

TEST_CASE("descriptors hardly depend on the sample rate", "[descriptors]") {
  const auto a = Describer(44'100)(ring(900, 0.1, 0.8)), b = Describer(48'000)(ring(900, 0.1, 0.8, 48'000));
  for (std::size_t i = 0; i < 15; ++i) {  // times, and the crest
    INFO(descriptor_name(i));
    CHECK(a[i] == Approx(b[i]).margin(0.3));
  }
  for (std::size_t part = 0; part < 3; ++part) {
    CHECK(a[kPitch.first + 3 * part] == Approx(b[kPitch.first + 3 * part]).margin(0.05));
    CHECK(a[kPitch.first + 3 * part + 1] == Approx(b[kPitch.first + 3 * part + 1]).margin(0.1));
  }
}

TEST_CASE("the first 40 ms are told from what follows, and nothing lies below -80 dB", "[descriptors]") {
  Describer describe(44'100);
  auto sound = ring(300, 1'000, 0.7);
  for (std::size_t i = 1'764; i < sound.size(); ++i) sound[i] *= 1e-7f;
  const auto d = describe(sound);
  const auto band = [&](std::size_t segment, std::size_t b) { return d[kBands.first + 8 * segment + b]; };
  CHECK(band(0, 0) > 3);  // the mean of the first 30 ms, against that of 200 ms
  CHECK(band(0, 0) < 10);
  CHECK(band(0, 0) - band(0, 4) > 15);
  CHECK(band(2, 0) < -50);
  CHECK(band(4, 0) == Approx(-80).margin(0.5));
  for (std::size_t i = kBands.first; i < kBands.first + kBands.size; ++i) CHECK(d[i] >= -80);
}

TEST_CASE("how long a region of mels takes to fall is told of each", "[descriptors]") {
  auto sound = ring(80, 0.3, 1.4);
  const auto high = ring(9'000, 0.02, 1.4);
  for (std::size_t i = 0; i < sound.size(); ++i) sound[i] += high[i];
  const auto d = Describer(44'100)(sound);
  // Energy falls by 20 dB in 2.303 decay times of amplitude.
  CHECK(d[kBandDecay.first] == Approx(octaves(691)).margin(0.15));
  CHECK(d[kBandDecay.first + 3] == Approx(octaves(46)).margin(0.35));
}

TEST_CASE("bursts of noise rise more often than one does, and zero crossings follow the pitch",
          "[descriptors]") {
  Describer describe(44'100);
  auto once = white_noise(22'050), often = once;
  for (std::size_t i = 0; i < once.size(); ++i) {
    const double t = static_cast<double>(i) / 44'100, since = t < 0.048 ? std::fmod(t, 0.012) : t - 0.048;
    once[i] *= static_cast<float>(std::exp(-t / 0.1));
    often[i] *= static_cast<float>(std::exp(-since / (t < 0.048 ? 0.003 : 0.1)));
  }
  for (const std::size_t rises : {15u, 16u})
    CHECK(describe(often)[kEnvelope.first + rises] > describe(once)[kEnvelope.first + rises] + 10);
  CHECK(describe(ring(2'000, 0.3, 0.6))[kEnvelope.first + 17] -
            describe(ring(500, 0.3, 0.6))[kEnvelope.first + 17] ==
        Approx(2).margin(0.1));
}

TEST_CASE("features put like sounds together", "[features]") {
  Describer describe(44'100);
  const std::vector<Descriptors> sounds{describe(ring(60, 0.1, 0.5)),  describe(ring(7'000, 0.02, 0.2)),
                                        describe(ring(65, 0.12, 0.5)), describe(ring(8'000, 0.025, 0.2)),
                                        describe(white_noise(30'000)), describe(white_noise(33'000))};
  const Points points = hit_features(sounds);
  for (const Linkage linkage : {Linkage::ward, Linkage::average})
    CHECK(LinkageTree(points, linkage).cut(3) == Groups{0, 1, 0, 1, 2, 2});
  CHECK(hit_features({}).size() == 0);
  const Points alone = hit_features(std::span(sounds).first(1)),
               few = hit_features(std::span(sounds).first(4));
  CHECK(std::ranges::equal(alone[0], few[0]));  // of a few sounds none depends on the others
  const Points same = hit_features(std::vector(3, sounds[0]));
  for (std::size_t i = 0; i < 3; ++i) CHECK(std::ranges::equal(same[i], same[0]));
}
