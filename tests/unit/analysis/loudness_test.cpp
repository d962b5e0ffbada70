// Loudness against the signals of EBU Tech 3341 and 3342, and against libebur128.
#include "engine/analysis/loudness.h"

#include <limits>

#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"
#include "tests/support/decoded.h"
#include "tests/support/ebu_signals.h"
#include "tests/support/library_loudness.h"
#include "tests/support/odd_sounds.h"
#include "tests/support/sanitized.h"

using namespace entrain;
using namespace entrain::test;

namespace {

double lufs(std::vector<float> sound, int rate = kSoundRate) {
  return measure_loudness(as_pcm(std::move(sound), rate)).integrated;
}

std::vector<float> tone(double seconds, int rate = kSoundRate) { return tones({{seconds, -20}}, rate); }

/// Noise whose level changes every 0.7 s by up to 60 dB, with rests.
std::vector<float> uneven_noise(double seconds, int rate, std::uint32_t seed) {
  std::vector<float> x = silence(seconds, rate);
  Noise noise(seed);
  double level = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i % static_cast<std::size_t>(0.7 * rate) == 0) {
      const double draw = noise();
      level = draw < -0.7 ? 0 : std::pow(10, 1.5 * draw - 1.5);
    }
    x[i] = static_cast<float>(level * noise());
  }
  return x;
}

}  // namespace

TEST_CASE("integrated loudness is within 0.1 LU on the signals of EBU Tech 3341", "[loudness]") {
  for (const int rate : {44'100, 48'000})
    for (const EbuCase& c : ebu_loudness()) {
      if (kSanitized && rate == 44'100) continue;
      INFO(c.name << " at " << rate << " Hz");
      CHECK(lufs(tones(c.sequence, rate), rate) == Approx(c.expected).margin(0.1));
    }
}

TEST_CASE("loudness range is within 1 LU on the signals of EBU Tech 3342", "[loudness]") {
  for (const int rate : {44'100, 48'000})
    for (const EbuCase& c : ebu_ranges()) {
      if (kSanitized && rate == 44'100) continue;
      INFO(c.name << " at " << rate << " Hz");
      CHECK(measure_loudness(as_pcm(tones(c.sequence, rate), rate)).range == Approx(c.expected).margin(1));
    }
}

TEST_CASE("loudness and range are libebur128's within 0.02 LU, at every rate", "[loudness]") {
  std::uint32_t seed = 1;
  for (const int rate : {16'000, 22'050, 44'100, 48'000, 96'000})
    for (const double seconds : {0.4, 1.03, 2.95, 3.0, 12.34, 31.0}) {
      Pcm pcm = as_pcm(uneven_noise(seconds, rate, ++seed), rate);
      if (seed % 2 == 0) pcm.right = uneven_noise(seconds, rate, seed + 100);
      const Loudness ours = measure_loudness(pcm), theirs = library_loudness(pcm);
      INFO(rate << " Hz, " << seconds << " s, " << theirs.integrated << " LUFS");
      if (theirs.integrated > -70)
        CHECK(ours.integrated == Approx(theirs.integrated).margin(0.02));
      else
        CHECK(ours.silent());
      CHECK(ours.range == Approx(theirs.range).margin(0.02));
    }
}

TEST_CASE("twice as loud is 6 dB more, and the gain leads to -18 LUFS", "[loudness]") {
  std::vector<float> x = uneven_noise(8, kSoundRate, 5);
  const Loudness before = measure_loudness(as_pcm(x, kSoundRate));
  for (float& v : x) v *= 2;
  const Loudness after = measure_loudness(as_pcm(x, kSoundRate));
  CHECK(after.integrated - before.integrated == Approx(6.0206).margin(1e-3));
  CHECK(after.true_peak - before.true_peak == Approx(6.0206).margin(1e-3));
  CHECK(after.range == Approx(before.range).margin(1e-3));
  CHECK(after.gain() == Approx(before.gain() - 6.0206).margin(1e-3));
  const auto gain = static_cast<float>(std::pow(10, after.gain() / 20));
  for (float& v : x) v *= gain;
  CHECK(lufs(x) == Approx(kMatchedLoudness).margin(1e-3));
}

TEST_CASE("a hit is measured alone: silence after it changes nothing, half as long is 3 dB less",
          "[loudness]") {
  std::vector<float> hit = tone(0.1);
  const double alone = lufs(hit);
  CHECK(alone > -40);
  for (const double seconds : {0.2, 0.399, 0.4}) {
    std::vector<float> longer = hit;
    longer.resize(static_cast<std::size_t>(seconds * kSoundRate));
    CHECK(lufs(longer) == Approx(alone).margin(0.01));
  }
  CHECK(lufs(tone(0.2)) - alone == Approx(3.01).margin(0.1));
  CHECK(lufs(tone(0.3999)) == Approx(lufs(tone(0.4))).margin(0.01));
  CHECK(lufs(tone(0.4)) == Approx(-20).margin(0.1));
}

TEST_CASE("what is shorter than three seconds has no range", "[loudness]") {
  CHECK(measure_loudness(as_pcm(tones({{1.4, -20}, {1.5, -30}}, 48'000), 48'000)).range == 0);
  CHECK(measure_loudness(as_pcm(tones({{5, -20}, {5, -30}}, 48'000), 48'000)).range > 5);
}

TEST_CASE("files of any number of channels are measured as they are played", "[loudness]") {
  const TempDir folder;
  const auto file = folder.path / "tone.wav";
  const std::vector<float> one = tone(3);
  const auto of_channels = [&](int channels, auto sounds) {
    std::vector<float> all;
    for (const float x : one)
      for (int c = 0; c < channels; ++c) all.push_back(sounds(c) ? x : 0.0f);
    write_sound(file, kFloatWav, kSoundRate, channels, all);
    return measure_loudness(decoded(file, kSoundRate)).integrated;
  };
  const auto every = [](int) { return true; };
  CHECK(of_channels(1, every) == Approx(-20).margin(0.1));
  CHECK(of_channels(2, every) == Approx(-20).margin(0.1));
  CHECK(of_channels(2, [](int c) { return c == 0; }) == Approx(-23).margin(0.1));
  for (const int channels : {4, 6, 8}) CHECK(of_channels(channels, every) == Approx(-20).margin(0.1));
}

TEST_CASE("silence, nothing and what is no number are silent, and every input has finite loudness",
          "[loudness]") {
  for (const auto& [name, x] : named_odd_sounds(kSoundRate)) {
    INFO(name);
    const Loudness loudness = measure_loudness(as_pcm(x, kSoundRate));
    REQUIRE(std::isfinite(loudness.integrated));
    REQUIRE(std::isfinite(loudness.true_peak));
    REQUIRE(loudness.range >= 0);
    REQUIRE(loudness.integrated >= Loudness::kSilence);
    REQUIRE(loudness.true_peak >= Loudness::kLowestPeak);
  }
  for (const auto& x : {silence(0), silence(0.1), silence(10),
                        std::vector<float>(kSoundRate, std::numeric_limits<float>::quiet_NaN())}) {
    const Loudness loudness = measure_loudness(as_pcm(x, kSoundRate));
    CHECK(loudness.silent());
    CHECK(loudness.gain() == 0);
    CHECK(loudness.true_peak == Loudness::kLowestPeak);
  }
  std::vector<float> holed = tone(3);
  holed[5'000] = std::numeric_limits<float>::infinity();
  CHECK(lufs(holed) == Approx(-20).margin(0.1));
}

TEST_CASE("a sound that is filtered in parts measures as one that is not", "[loudness]") {
  // Direct current: where a filter began without its past, there would be a thud.
  std::vector<float> x = tones({{8, -40}}, kSoundRate);
  for (float& v : x) v += 0.5f;
  const Pcm pcm = as_pcm(x, kSoundRate);
  CHECK(measure_loudness(pcm).integrated == Approx(library_loudness(pcm).integrated).margin(0.005));
}

TEST_CASE("the true peak is that of the louder side", "[loudness]") {
  Pcm pcm;
  pcm.rate = 48'000;
  pcm.left.assign(48'000, 0.1f);
  pcm.right = pcm.left;
  pcm.right.back() = 0.8f;
  const double right = measure_loudness(pcm).true_peak;
  CHECK(right > 20 * std::log10(0.79));
  std::swap(pcm.left, pcm.right);
  CHECK(measure_loudness(pcm).true_peak == right);
}
