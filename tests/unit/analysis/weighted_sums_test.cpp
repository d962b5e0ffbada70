#include "engine/analysis/weighted_sums.h"

#include <algorithm>
#include <numeric>

#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"
#include "tests/support/levels.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("weighted sums are plain ones, wherever their runs begin and end, at every level",
          "[weighted_sums]") {
  for (const std::size_t width : {8, 9, 16, 37}) {
    Noise noise(static_cast<std::uint32_t>(width));
    std::vector<float> values(width), weights(width);
    for (float& v : values) v = static_cast<float>(noise());
    for (float& w : weights) w = static_cast<float>(noise());
    WeightedSums sums(width);
    std::vector<float> expected;
    for (std::size_t first = 0; first < width; ++first)
      for (std::size_t count = 0; first + count <= width; ++count) {
        const auto run = std::span(weights).first(count);
        sums.add(first, run);
        expected.push_back(std::inner_product(run.begin(), run.end(), &values[first], 0.0f));
      }
    REQUIRE(sums.rows() == expected.size());
    for (const Isa isa : available_isas()) {
      const AtLevel level(isa);
      INFO("width " << width << ", " << name_of(isa));
      std::vector<float> out(sums.rows());
      sums.apply(values, out);
      for (std::size_t r = 0; r < out.size(); ++r) REQUIRE(out[r] == Approx(expected[r]).margin(1e-5));
    }
  }
}
