#include "engine/analysis/spectral.h"

#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/catch.h"

using namespace entrain;

TEST_CASE("decibels of many are those of each within 1e-4, whatever they are of", "[spectral]") {
  std::vector<float> ratios;
  for (double x = 1e-37; x < 1e37; x *= 1.0371) ratios.push_back(static_cast<float>(x));
  std::vector<float> levels(ratios.size());
  decibels_of(ratios, -500, levels);
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    INFO(ratios[i]);
    REQUIRE(std::abs(static_cast<double>(levels[i]) - 10 * std::log10(static_cast<double>(ratios[i]))) <
            1e-4);
  }
  const std::vector<float> odd{0, -1, std::numeric_limits<float>::quiet_NaN(), 1, 1e-9f};
  levels.resize(odd.size());
  decibels_of(odd, -80, levels);
  CHECK(levels == std::vector<float>{-80, -80, -80, 0, -80});
}

TEST_CASE("flatness is 1 for what is flat, and the ratio of the two means otherwise", "[spectral]") {
  CHECK(flatness_of(std::vector<float>(700, 0.3f)) == Approx(1).margin(1e-5));
  CHECK(flatness_of(std::vector<float>(700)) == 1);
  std::vector<float> two(600, 1.0f);
  for (std::size_t i = 0; i < two.size(); i += 2) two[i] = 4;
  CHECK(flatness_of(two) == Approx(2 / 2.5).margin(1e-5));
}

TEST_CASE("the largest of many is found wherever it stands", "[spectral]") {
  for (const std::size_t size : {1, 7, 8, 9, 16, 21})
    for (std::size_t at = 0; at < size; ++at) {
      std::vector<float> values(size, -3.0f);
      values[at] = -1;
      CHECK(largest_of(values) == -1);
    }
}
