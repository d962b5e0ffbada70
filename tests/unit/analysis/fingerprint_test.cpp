// Seed 4's 64 numbers: their names and order, and what they say of sounds whose numbers are known.
#include "engine/analysis/fingerprint.h"

#include <cmath>
#include <numbers>
#include <set>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;
using Column = FingerprintColumn;

namespace {

std::vector<float> sine(double hertz, double amplitude, std::size_t samples = 44'100) {
  std::vector<float> sound(samples);
  for (std::size_t i = 0; i < samples; ++i)
    sound[i] = static_cast<float>(amplitude *
                                  std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / 44'100));
  return sound;
}

}  // namespace

TEST_CASE("the columns of a fingerprint are the seed's", "[fingerprint]") {
  std::string header;
  for (std::size_t i = 0; i < kFingerprintSize; ++i)
    header += (i > 0 ? "," : "") + std::string(fingerprint_name(i));
  std::string expected =
      "spectral_centroid,spectral_flatness,mfcc_00,mfcc_01,mfcc_02,mfcc_03,mfcc_04,mfcc_05,mfcc_06,mfcc_07,"
      "mfcc_08,mfcc_09,mfcc_10,mfcc_11,mfcc_12,crest_factor,rms_energy,peak_to_avg_ratio,zero_crossing_rate,"
      "onset_strength,integrated_lufs,loudness_range";
  for (int i = 0; i < 42; ++i) expected += (i < 10 ? ",reserved_0" : ",reserved_") + std::to_string(i);
  CHECK(header == expected);
  CHECK(fingerprint_name(Column::kOnsetStrength) == "onset_strength");
  CHECK(fingerprint_name(Column::kReserved) == "reserved_00");
}

TEST_CASE("a sine's fingerprint is known", "[fingerprint]") {
  const Fingerprint f = fingerprint(sine(1'000, 0.25), 44'100, MeasuredLoudness{-18, 3});
  CHECK(f[Column::kSpectralCentroid] == Approx(1'000).margin(150));
  CHECK(f[Column::kSpectralFlatness] < 0.01f);
  CHECK(f[Column::kCrestFactor] == Approx(std::numbers::sqrt2).margin(0.001));
  CHECK(f[Column::kRmsEnergy] == Approx(0.25 / std::numbers::sqrt2).margin(1e-4));
  CHECK(f[Column::kPeakToAvgRatio] == Approx(std::numbers::pi / 2).margin(0.001));
  CHECK(f[Column::kZeroCrossingRate] == Approx(2'000.0 / 44'100).margin(1e-4));
  CHECK(f[Column::kIntegratedLufs] == -18);
  CHECK(f[Column::kLoudnessRange] == 3);
  for (std::size_t i = Column::kReserved; i < kFingerprintSize; ++i) CHECK(f[i] == 0);
}

TEST_CASE("a fingerprint does not know how loud a sound was", "[fingerprint]") {
  const auto loud = fingerprint(sine(440, 0.5), 44'100, MeasuredLoudness{-10, 1}),
             soft = fingerprint(sine(440, 0.05), 44'100, MeasuredLoudness{-30, 1}),
             assumed = fingerprint(sine(440, 0.05), 44'100, std::nullopt);
  for (std::size_t i = 0; i < kFingerprintSize; ++i) {
    INFO(fingerprint_name(i));
    CHECK(loud[i] == Approx(soft[i]).margin(1e-2));
    if (i != Column::kLoudnessRange) CHECK(assumed[i] == soft[i]);
  }
}

TEST_CASE("noise is flatter, and onsets are stronger than a sustained tone", "[fingerprint]") {
  auto beats = white_noise(44'100);
  for (std::size_t i = 0; i < beats.size(); ++i) beats[i] *= std::exp(-static_cast<float>(i % 8'820) / 800);
  const auto noise = fingerprint(white_noise(44'100), 44'100, {}), beating = fingerprint(beats, 44'100, {}),
             tone = fingerprint(sine(300, 0.3), 44'100, {});
  CHECK(noise[Column::kSpectralFlatness] > 0.4f);
  CHECK(beating[Column::kOnsetStrength] > 2 * tone[Column::kOnsetStrength]);
  CHECK(noise[Column::kMfcc + 1] < tone[Column::kMfcc + 1]);
}

TEST_CASE("a long sound's fingerprint is that of its parts", "[fingerprint]") {
  const auto little = fingerprint(sine(700, 0.3, 44'100), 44'100, {}),
             much = fingerprint(sine(700, 0.3, 1'000'000), 44'100, {});
  CHECK(much[Column::kSpectralCentroid] == Approx(little[Column::kSpectralCentroid]).epsilon(0.25));
  CHECK(much[Column::kMfcc + 1] == Approx(little[Column::kMfcc + 1]).epsilon(0.25));
}

TEST_CASE("a fingerprint is finite for any sound and any loudness", "[fingerprint]") {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  for (const int rate : {1'000, 44'100, 192'000})
    for (const auto& sound : odd_sounds(rate))
      for (const auto& loudness :
           {std::optional<MeasuredLoudness>(), std::optional(MeasuredLoudness{-kInfinite, std::nanf("")}),
            std::optional(MeasuredLoudness{400, -1})})
        for (const float value : fingerprint(sound, rate, loudness)) CHECK(std::isfinite(value));
}
