#include "engine/analysis/stft.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "tests/support/catch.h"

using namespace entrain;

namespace {

constexpr int kRate = 44'100, kSize = 1024, kHop = 256;

std::vector<float> sine(double hertz, std::size_t samples) {
  std::vector<float> x(samples);
  for (std::size_t i = 0; i < samples; ++i)
    x[i] = static_cast<float>(std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / kRate));
  return x;
}

}  // namespace

TEST_CASE("a sine on a bin reads its power there, half the amplitude beside it, and nothing far off",
          "[stft]") {
  Stft stft(kSize, kHop);
  const auto power = stft.power(sine(20.0 * kRate / kSize, 8192), 8);
  CHECK(std::abs(power[20] - 1.0f) < 1e-4f);
  CHECK(std::abs(power[21] - 0.25f) < 1e-4f);
  CHECK(power[30] < 1e-9f);
}

TEST_CASE("a frame is centred on its sample, and beyond the ends is silence", "[stft]") {
  Stft stft(kSize, kHop);
  CHECK(stft.frames(0) == 0);
  CHECK(stft.frames(1) == 1);
  CHECK(stft.frames(kHop + 1) == 2);
  std::vector<float> click(4096);
  click[8 * kHop] = 1;
  const auto energy = [&](std::size_t frame) {
    const auto power = stft.power(click, frame);
    return *std::max_element(power.begin(), power.end());
  };
  CHECK(energy(8) > energy(7));
  CHECK(std::abs(energy(7) - energy(9)) < 1e-9f);
  CHECK(energy(8) > 0);
  CHECK(energy(12) == 0);   // the click has left the window
  CHECK(energy(100) == 0);  // a frame that lies wholly beyond
}

TEST_CASE("what is no sound is silence", "[stft]") {
  Stft stft(kSize, kHop);
  std::vector<float> bad(2048, std::numeric_limits<float>::quiet_NaN());
  bad[900] = std::numeric_limits<float>::infinity();
  for (const float p : stft.power(bad, 3)) REQUIRE(p == 0);
}

TEST_CASE("neighbouring triangles share every bin between their centres", "[stft]") {
  const FilterBank bank = FilterBank::mel(kSize, kRate, 40, 30, 16'000);
  REQUIRE(bank.bands() == 40);
  std::vector<float> power(kSize / 2 + 1), out(40);
  for (const int bin : {60, 100, 200, 300}) {
    std::fill(power.begin(), power.end(), 0.0f);
    power[static_cast<std::size_t>(bin)] = 2;
    bank.apply(power, out);
    float sum = 0;
    for (const float v : out) sum += v;
    // Triangles are straight in Hz, so that the weights of the two sharing a bin add up to one.
    CHECK(std::abs(sum - 2) < 1e-4f);
  }
}

TEST_CASE("no band is empty, however narrow, and none lies above half the rate", "[stft]") {
  const FilterBank narrow = FilterBank::octaves(kSize, kRate, 24, 30, 22'000);
  std::vector<float> power(kSize / 2 + 1, 1.0f), out(static_cast<std::size_t>(narrow.bands()));
  narrow.apply(power, out);
  for (const float v : out) REQUIRE(v > 0);
  CHECK(FilterBank::mel(kSize, 16'000, 40, 30, 16'000).bands() < 40);
  for (int b = 1; b < narrow.bands(); ++b) {
    const double semitones = 12 * std::log2(narrow.centre(b) / narrow.centre(b - 1));
    REQUIRE(std::abs(semitones - 0.5) < 1e-6);
  }
}

TEST_CASE("mono is the mean of both sides", "[stft]") {
  Pcm pcm;
  pcm.left = {1, 0.5f};
  pcm.right = {0, -0.5f};
  CHECK(mono(pcm) == std::vector<float>{0.5f, 0});
}

TEST_CASE("kept spectra are those that are computed anew, and stay", "[stft]") {
  const std::vector<float> x = sine(1'000, 20'000);
  Spectra spectra(x, kSize, kHop);
  Stft stft(kSize, kHop);
  REQUIRE(spectra.frames() == stft.frames(x.size()));
  const auto first = spectra.power(7);
  for (std::size_t k = spectra.frames(); k-- > 0;)
    CHECK(std::ranges::equal(spectra.power(k), stft.power(x, k)));
  CHECK(first.data() == spectra.power(7).data());
}
