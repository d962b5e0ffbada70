// The self-organising map lays likes beside likes; the symbols are those of seed 2.
#include "engine/analysis/som.h"

#include <cmath>
#include <numbers>

#include "engine/analysis/symbols.h"
#include "engine/core/draws.h"
#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Points on a square in four coordinates.
Points square(std::size_t count) {
  Points points(4);
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = [&](std::uint64_t axis) {
      return static_cast<float>(draw_part(draw(5, DrawFor::sample, axis, static_cast<std::int64_t>(i))));
    };
    points.add(std::array{at(0), 3 * at(1), 1.0f, -at(0)});
  }
  return points;
}

double apart(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d)
    sum += std::pow(static_cast<double>(a[d]) - static_cast<double>(b[d]), 2);
  return std::sqrt(sum);
}

/// A spectrogram whose every value is that of its place.
DecibelSpectrogram made(std::size_t bins, std::size_t frames, auto level) {
  DecibelSpectrogram out{bins, frames, {}};
  for (std::size_t f = 0; f < frames; ++f)
    for (std::size_t b = 0; b < bins; ++b) out.levels.push_back(level(b, f));
  return out;
}

}  // namespace

TEST_CASE("A self-organising map lies close to its points, and cells beside each other are alike") {
  const Points points = square(800);
  const Som som(points);
  REQUIRE(som.width() == 32);
  REQUIRE(som.height() == 16);
  const auto cells = som.best_cells(points);
  double error = 0, beside = 0, far = 0;
  for (std::size_t i = 0; i < points.size(); ++i)
    error +=
        apart(points[i], som.cell(static_cast<int>(cells[i] % 32), static_cast<int>(cells[i] / 32))) / 800;
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 31; ++x) {
      beside += apart(som.cell(x, y), som.cell(x + 1, y));
      far += apart(som.cell(x, y), som.cell(31 - x, 15 - y));
    }
  CHECK(error < 0.08);  // of a square of 1.4 by 3
  CHECK(beside < far / 8);
  const Som again(points);
  for (int x = 0; x < 32; ++x) CHECK(std::ranges::equal(som.cell(x, 7), again.cell(x, 7)));
}

TEST_CASE("A self-organising map of few points, and of none, is finite") {
  for (const std::size_t count : {0u, 1u, 2u, 3u}) {
    const Points points = square(count);
    for (const SomOptions options : {SomOptions{}, SomOptions{1, 1, 3}, SomOptions{3, 1, 1}}) {
      const Som som(points, options);
      for (int y = 0; y < som.height(); ++y)
        for (int x = 0; x < som.width(); ++x)
          for (const float value : som.cell(x, y)) CHECK(std::isfinite(value));
      CHECK(som.best_cells(points).size() == count);
    }
  }
  Points same(2);
  for (int i = 0; i < 9; ++i) same.add(std::array{4.0f, 5.0f});
  CHECK(Som(same).cell(0, 0)[1] == 5);
}

TEST_CASE("Symbols follow the seed's thresholds") {
  CHECK(symbol_of(-80, -15.9f, 0) == Symbol::strong);
  CHECK(symbol_of(-31.9f, -16.1f, 100) == Symbol::active);
  CHECK(symbol_of(-32.1f, -16.1f, 41) == Symbol::moving);
  CHECK(symbol_of(-55.9f, -16.1f, 39) == Symbol::stable);
  CHECK(symbol_of(-56.1f, -16.1f, 39) == Symbol::quiet);
  CHECK(symbol_of(-79, -20, 1e6f) == Symbol::moving);
  CHECK(text_of(Symbol::strong) == "♬");
  CHECK(text_of(Symbol::active) == "♫");
  CHECK(text_of(Symbol::moving) == "♪");
  CHECK(text_of(Symbol::stable) == "𝄞");
  CHECK(text_of(Symbol::quiet) == "♩");
}

TEST_CASE("A spectrogram is cut into symbols as the seed cuts it") {
  // 1025 bins make rows of 64, 100 frames columns of 3: bin 1024 and frames 96 to 99 are not looked at.
  const auto grid = symbol_grid(made(1'025, 100, [](std::size_t b, std::size_t f) {
    if (b == 1'024 || f > 95) return 0.0f;                  // beyond: would be strong
    if (b < 64 && f < 3) return b == 10 ? -10.0f : -80.0f;  // one high value
    if (b < 128 && b >= 64) return -30.0f;
    if (b < 192 && b >= 128) return f % 2 == 0 ? -40.0f : -60.0f;
    if (b < 256 && b >= 192) return -50.0f;
    return -70.0f;
  }));
  REQUIRE(grid.width == 32);
  REQUIRE(grid.height == 16);
  CHECK(grid.at(0, 0) == Symbol::strong);
  CHECK(grid.at(1, 0) == Symbol::quiet);
  CHECK(grid.at(31, 1) == Symbol::active);
  CHECK(grid.at(5, 2) == Symbol::moving);
  CHECK(grid.at(31, 3) == Symbol::stable);
  for (int x = 0; x < 32; ++x) CHECK(grid.at(x, 15) == Symbol::quiet);
  const auto few =
      symbol_grid(made(1'025, 2, [](std::size_t, std::size_t f) { return f == 0 ? -10.0f : -70.0f; }));
  CHECK(few.at(15, 4) == Symbol::strong);
  CHECK(few.at(16, 4) == Symbol::quiet);
  for (const Symbol s : symbol_grid(made(1'025, 0, [](auto, auto) { return 0.0f; })).cells)
    CHECK(s == Symbol::quiet);
}

TEST_CASE("The seed's spectrogram reads a tone at its place, in dB below the loudest") {
  std::vector<float> tone(22'050);
  for (std::size_t i = 0; i < tone.size(); ++i)
    tone[i] = static_cast<float>(std::sin(2 * std::numbers::pi * 100 * static_cast<double>(i) / 2'048));
  const auto spectrogram = decibel_spectrogram(tone);
  CHECK(spectrogram.bins == 1'025);
  CHECK(spectrogram.frames == 44);  // 1 + 22050 / 512
  CHECK(decibel_spectrogram(std::vector<float>(1'024)).frames == 3);
  CHECK(spectrogram.at(100, 20) == Approx(0).margin(0.01));
  CHECK(spectrogram.at(101, 20) == Approx(-6.02).margin(0.02));  // a Hann window's second line
  CHECK(spectrogram.at(200, 20) == -80);
  const auto grid = symbol_grid(spectrogram);
  CHECK(grid.at(10, 1) == Symbol::strong);
  CHECK(grid.at(10, 8) == Symbol::quiet);
  for (const auto& sound : odd_sounds(8'000))
    for (const float level : decibel_spectrogram(sound).levels) CHECK((level >= -80 && level <= 0));
  for (const Symbol s : symbol_grid(decibel_spectrogram(std::vector<float>(9'000))).cells)
    CHECK(s == Symbol::quiet);
}

TEST_CASE("The levels of pitch classes are the loudness and what lies below it") {
  Descriptors sound{};
  sound[descriptor::kChroma.first] = 1;
  sound[descriptor::kChroma.first + 7] = 0.1f;
  const PitchLevels levels = pitch_levels(sound, -18);
  CHECK(levels[0] == -18);
  CHECK(levels[7] == Approx(-28));
  CHECK(levels[1] == -80);
  CHECK(pitch_levels(sound, 3)[0] == 0);
  CHECK(pitch_levels(sound, -75)[7] == -80);
}
