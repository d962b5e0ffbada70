// Peaks as scipy 1.10 finds them, and what seed 2 makes of them.
#include "engine/analysis/peaks.h"

#include <algorithm>
#include <cmath>

#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

using Places = std::vector<std::size_t>;

/// Whole numbers from 0 to 255 / `divisor`.
std::vector<float> curve(std::size_t size, std::uint32_t seed, std::uint32_t divisor) {
  std::vector<float> out;
  for (std::size_t i = 0; i < size; ++i) {
    seed = seed * 1'664'525u + 1'013'904'223u;
    out.push_back(static_cast<float>((seed >> 24) / divisor));
  }
  return out;
}

std::vector<float> sines(std::initializer_list<std::pair<double, double>> hertz_and_level, int rate,
                         double seconds = 1) {
  std::vector<float> x = silence(seconds, rate);
  for (const auto& [hertz, level] : hertz_and_level)
    add_sound(x, 0, seconds, level, rate,
              [f = hertz](double t) { return std::sin(2 * std::numbers::pi * f * t); });
  return x;
}

/// The definition, plainly: all maxima; the highest first, each drives out those near it; then those that
/// stand out.
Places plain_peaks(const std::vector<float>& x, float prominence, std::size_t distance) {
  Places all;
  for (std::size_t i = 1; i + 1 < x.size(); ++i) {
    std::size_t end = i + 1;
    while (end < x.size() && x[end] == x[i]) ++end;
    if (x[i - 1] < x[i] && end < x.size() && x[end] < x[i]) all.push_back((i + end - 1) / 2);
  }
  Places order = all, kept;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return x[a] != x[b] ? x[a] > x[b] : a > b; });
  for (const std::size_t p : order)
    if (std::none_of(kept.begin(), kept.end(),
                     [&](std::size_t q) { return (q > p ? q - p : p - q) < distance; }))
      kept.push_back(p);
  std::erase_if(kept, [&](std::size_t p) {
    float left = x[p], right = x[p];
    for (std::size_t i = p; i-- > 0 && x[i] <= x[p];) left = std::min(left, x[i]);
    for (std::size_t i = p + 1; i < x.size() && x[i] <= x[p]; ++i) right = std::min(right, x[i]);
    return x[p] - std::max(left, right) < prominence;
  });
  std::sort(kept.begin(), kept.end());
  return kept;
}

constexpr std::size_t kAll = 100'000;

}  // namespace

TEST_CASE("peaks of curves are scipy's", "[peaks]") {
  CHECK(find_peaks(curve(60, 1, 4), 10, 5) == Places{6, 15, 25, 30, 37, 44, 52, 58});
  CHECK(find_peaks(curve(60, 7, 1), 30, 3) == Places{3, 9, 15, 19, 24, 27, 34, 37, 43, 46, 49, 53, 57});
  CHECK(find_peaks(curve(50, 3, 1), 20, 1) ==
        Places{2, 5, 9, 11, 15, 17, 20, 23, 29, 31, 35, 38, 41, 44, 47});
}

TEST_CASE("peaks of any curve are those of the definition, however many are equal or near", "[peaks]") {
  for (std::uint32_t seed = 1; seed <= 400; ++seed)
    for (const std::uint32_t divisor : {1u, 16u, 40u, 90u})
      for (const std::size_t distance : {1, 2, 5, 9})
        for (const float prominence : {0.0f, 1.0f, 2.0f, 60.0f / static_cast<float>(divisor)}) {
          INFO("seed " << seed << ", divisor " << divisor << ", distance " << distance << ", prominence "
                       << prominence);
          const auto x = curve(1 + seed % 60, seed, divisor);
          REQUIRE(find_peaks(x, prominence, distance) == plain_peaks(x, prominence, distance));
        }
}

TEST_CASE("a plateau peaks in its middle, an edge never, and of near equals the later stays", "[peaks]") {
  const auto found = [](std::vector<float> values, float prominence, std::size_t distance) {
    return find_peaks(values, prominence, distance);
  };
  CHECK(found({0, 1, 1, 1, 0, 2, 2, 0}, 0.5f, 1) == Places{2, 5});
  CHECK(found({0, 5, 4, 5, 0}, 0.5f, 3) == Places{3});
  CHECK(found({0, 5, 4, 5, 4, 5, 0}, 0.5f, 3) == Places{1, 5});
  CHECK(found({0, 3, 2.5f, 9, 0, 4}, 1, 2) == Places{3});
  CHECK(found({0, 2, 1, 3, 1, 2, 0}, 1, 1) == Places{1, 3, 5});
  CHECK(found({0, 2, 1, 3, 1, 2, 0}, 1.5f, 1) == Places{3});
  CHECK(found({3, 2, 1}, 0, 1).empty());
  CHECK(found({1, 1, 1, 1}, 0, 1).empty());
  CHECK(found({}, 0, 1).empty());
}

TEST_CASE("tones peak where they are, in dB below the loudest, at every rate", "[peaks]") {
  for (const int rate : {22'050, 44'100, 48'000}) {
    INFO(rate << " Hz");
    const auto peaks = spectral_peaks(sines({{440, 0.5}, {3'000, 0.05}}, rate), rate, kAll);
    std::size_t low = 0, high = 0;
    for (const SpectralPeak& p : peaks) {
      if (p.frame < 4 || p.frame > 36) continue;  // where a frame reaches beyond the sound
      INFO(p.hertz << " Hz, " << p.decibels << " dB in frame " << p.frame);
      const bool is_low = p.hertz < 1'000;
      CHECK(std::abs(p.hertz - (is_low ? 440.0f : 3'000.0f)) < 11);
      CHECK(p.decibels == Approx(is_low ? 0 : -20).margin(1.6));
      ++(is_low ? low : high);
    }
    CHECK(low == 33);
    CHECK(high == 33);
  }
}

TEST_CASE("peaks fall into five bands with their counts and means", "[peaks]") {
  const std::vector<SpectralPeak> peaks{{0, 100, 0},  {1, 200, -20}, {1, 250, -6},
                                        {2, 499, -6}, {2, 1'999, 0}, {3, 9'000, -40}};
  const PeakGroups groups = group_peaks(peaks);
  CHECK(groups[0].count == 2);
  CHECK(groups[0].hertz == Approx(150));
  CHECK(groups[0].energy == Approx(0.55));
  CHECK(groups[1].count == 2);
  CHECK(groups[1].hertz == Approx(374.5));
  CHECK(groups[2].count == 1);
  CHECK(groups[3].count == 0);
  CHECK(groups[3].hertz == 0);
  CHECK(groups[4].count == 1);
  CHECK(groups[4].energy == Approx(0.01));
}

TEST_CASE("of a long sound as many frames as asked for are looked at, from its beginning to its end",
          "[peaks]") {
  const auto x = sines({{440, 0.5}}, 22'050, 10);
  const auto peaks = spectral_peaks(x, 22'050, 40);
  REQUIRE(peaks.size() >= 40);
  CHECK(peaks.size() < 60);
  CHECK(peaks.front().frame == 0);
  CHECK(peaks.back().frame > 400);
}

TEST_CASE("every input has finite peaks, and silence none", "[peaks]") {
  for (const auto& [name, x] : named_odd_sounds(kSoundRate)) {
    INFO(name);
    for (const SpectralPeak& p : spectral_peaks(x, kSoundRate, 50)) {
      REQUIRE((p.hertz > 0 && p.hertz <= 11'025));
      REQUIRE((p.decibels >= -80.001f && p.decibels <= 0));
    }
  }
  CHECK(spectral_peaks(silence(1), kSoundRate, kAll).empty());
  CHECK(spectral_peaks({}, kSoundRate, kAll).empty());
}
