#include "engine/analysis/true_peak.h"

#include <limits>

#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"
#include "tests/support/ebu_signals.h"
#include "tests/support/library_loudness.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

double decibels(const std::vector<float>& x, int rate) {
  return 20 * std::log10(static_cast<double>(true_peak(x, rate)));
}

/// As the library says it, which knows nothing of what comes after the last sample.
void check_against_library(std::vector<float> x, int rate) {
  x.resize(x.size() + 64);
  CHECK(decibels(x, rate) == Approx(library_loudness(as_pcm(x, rate)).true_peak).margin(0.05));
}

std::vector<float> sine(double hertz, double amplitude, double phase, int rate, std::size_t samples) {
  std::vector<float> x(samples);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(amplitude *
                              std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate + phase));
  return x;
}

}  // namespace

TEST_CASE("true peaks are within +0.2 and -0.4 dB on the signals of EBU Tech 3341", "[loudness]") {
  struct Case {
    int parts;
    double amplitude, degrees, expected;
  };
  for (const int rate : {44'100, 48'000}) {
    for (const auto& [parts, amplitude, degrees, expected] :
         {Case{4, 0.5, 0, -6}, {4, 0.5, 45, -6}, {6, 0.5, 60, -6}, {8, 0.5, 67.5, -6}, {4, 1.41, 45, 3}}) {
      const double found = decibels(ebu_peak_tone(parts, amplitude, degrees, rate), rate);
      INFO(rate << " Hz / " << parts << ", " << degrees << " degrees: " << found << " dBTP");
      CHECK(found <= expected + 0.2);
      CHECK(found >= expected - 0.4);
    }
    for (const int offset : {0, 1, 2, 3}) {
      const double found = decibels(ebu_peak_burst(offset, rate), rate);
      INFO("burst at " << rate << " Hz, offset " << offset << ": " << found << " dBTP");
      CHECK(found <= 0.2);
      CHECK(found >= -0.4);
    }
  }
}

TEST_CASE("true peaks are libebur128's within 0.05 dB, for noise, tones, clicks and clipping", "[loudness]") {
  for (const int rate : {22'050, 44'100, 48'000, 96'000, 192'000}) {
    INFO(rate << " Hz");
    for (std::uint32_t seed = 1; seed < 20; ++seed) {
      std::vector<float> noise = silence(0.1, rate);
      add_noise(noise, 0.9, seed);
      check_against_library(noise, rate);
      for (float& v : noise) v = std::clamp(2 * v, -1.0f, 1.0f);
      check_against_library(noise, rate);
      check_against_library(sine(0.024 * seed * rate, 0.7, 0.3 * seed, rate, 3'000), rate);
    }
    std::vector<float> click(500);
    click[250] = -1;
    check_against_library(click, rate);
    check_against_library(std::vector<float>(300, 0.5f), rate);
  }
}

TEST_CASE("a peak between quiet samples counts beside a louder sample", "[loudness]") {
  // 0.85 where it is sampled, 1.2 between: a click of 1 does not hide it.
  std::vector<float> x = ebu_peak_tone(4, 1.2, 45, 48'000);
  x.resize(x.size() + 5'000);
  x[x.size() - 1'000] = 1;
  CHECK(decibels(x, 48'000) == Approx(20 * std::log10(1.2)).margin(0.1));
  std::reverse(x.begin(), x.end());
  CHECK(decibels(x, 48'000) == Approx(20 * std::log10(1.2)).margin(0.1));
}

TEST_CASE("a sound that ends at its loudest peaks after its last sample", "[loudness]") {
  std::vector<float> x = sine(12'000, 1, std::numbers::pi / 4, 48'000, 64);  // 0.707 at its samples
  const float cut = true_peak(x, 48'000);
  x.resize(200);
  CHECK(cut == Approx(true_peak(x, 48'000)).margin(1e-6));
}

TEST_CASE("every input has a finite true peak, not below its highest sample", "[loudness]") {
  for (const auto& [name, x] : named_odd_sounds(kSoundRate)) {
    INFO(name);
    float top = 0;
    for (const float v : x)
      if (std::abs(v) <= 1e6f) top = std::max(top, std::abs(v));
    const float peak = true_peak(x, kSoundRate);
    REQUIRE(std::isfinite(peak));
    REQUIRE(peak >= top);
  }
  CHECK(true_peak({}, kSoundRate) == 0);
}
