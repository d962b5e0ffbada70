// What pictures of a sound show.
#include "engine/analysis/spectrogram.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

float at(const Thumbnail& picture, int x, int y) {
  return picture.levels[static_cast<std::size_t>(y * picture.width + x)];
}

}  // namespace

TEST_CASE("a picture shows what sounds when and how high", "[spectrogram]") {
  // A quarter of the rate in the first half: half way up. Then silence.
  std::vector<float> sound(44'100);
  for (std::size_t i = 0; i < sound.size() / 2; ++i)
    sound[i] = static_cast<float>(std::sin(std::numbers::pi / 2 * static_cast<double>(i) + 0.3));
  const Thumbnail picture = spectrogram_thumbnail(sound, 100, 51);
  CHECK(picture.levels.size() == 5'100);
  CHECK(at(picture, 25, 25) > 0.1f);
  CHECK(at(picture, 75, 25) == 0);
  CHECK(at(picture, 25, 5) == 0);
  CHECK(at(picture, 25, 45) == 0);
  const Thumbnail high =
      spectrogram_thumbnail(std::vector<float>{sound.begin(), sound.begin() + 9'000}, 7, 8);
  CHECK(high.width == 7);
  CHECK(high.height == 8);
}

TEST_CASE("low is at the bottom, and a picture does not care how loud a sound is", "[spectrogram]") {
  std::vector<float> sound(30'000), quiet;
  for (std::size_t i = 0; i < sound.size(); ++i)
    sound[i] = static_cast<float>(std::sin(2 * std::numbers::pi * static_cast<double>(i) / 200));
  for (const float x : sound) quiet.push_back(x / 1'024);
  const Thumbnail picture = spectrogram_thumbnail(sound);
  CHECK(at(picture, 50, 99) > 0.1f);
  CHECK(at(picture, 50, 20) < 0.1f);
  CHECK(spectrogram_thumbnail(quiet).levels == picture.levels);
}

TEST_CASE("levels are from 0 to 1 for any sound", "[spectrogram]") {
  for (const auto& sound : odd_sounds(44'100))
    for (const int size : {1, 3, 100}) {
      const Thumbnail picture = spectrogram_thumbnail(sound, size, size);
      CHECK(picture.levels.size() == static_cast<std::size_t>(size * size));
      CHECK(std::ranges::all_of(picture.levels, [](float x) { return x >= 0 && x <= 1.0001f; }));
    }
}

TEST_CASE("a waveform's columns hold every sample", "[spectrogram]") {
  const std::vector<float> sound{0.1f, -0.5f, 0.9f, 0.2f, -0.1f, -0.2f, 0.3f};
  const auto columns = waveform_overview(sound, 2);
  CHECK(columns[0].low == -0.5f);
  CHECK(columns[0].high == 0.9f);
  CHECK(columns[1].low == -0.2f);
  CHECK(columns[1].high == 0.3f);
  CHECK(waveform_overview(sound, 20).back().high == 0.3f);
  for (const auto& odd : odd_sounds(8'000))
    for (const WaveColumn& column : waveform_overview(odd, 50))
      CHECK((std::isfinite(column.low) && column.low <= column.high && std::isfinite(column.high)));
}
