// What is heard in a hit: its pre-roll and its timbre.
#include "engine/analysis/hit.h"

#include <cmath>
#include <limits>

#include "tests/support/catch.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("the pre-roll ends a millisecond before the sound", "[hit]") {
  const auto hit =
      make_asset(10'000, [](std::int64_t i) { return i < 3'000 ? 1e-4f * static_cast<float>(i % 3) : 0.5f; });
  CHECK(pre_roll(hit->left, hit->right, 48'000) == 3'000 - 48);
  CHECK(pre_roll({0.5f, 0.1f}, {}, 48'000) == 0);
  CHECK(pre_roll(std::vector<float>(100), {}, 48'000) == 0);
  std::vector<float> left(500), right(500);
  right[300] = 1;
  CHECK(pre_roll(left, right, 48'000) == 300 - 48);
}

TEST_CASE("timbre is finite for anything, and tells dull from bright and short from long", "[hit]") {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  for (const auto& odd : {std::vector<float>(1), std::vector<float>(5'000), std::vector<float>(5'000, 1.0f),
                          std::vector<float>{kInfinite, -kInfinite, std::nanf("")}})
    for (const float value : timbre_of(odd, {}, 0, 44'100)) CHECK(std::isfinite(value));

  const auto ring = [](double hertz, double seconds) {
    return make_asset(24'000, [=](std::int64_t i) {
      const double t = static_cast<double>(i) / 48'000;
      return static_cast<float>(0.5 * std::exp(-t / seconds) * std::sin(2 * 3.14159265 * hertz * t));
    });
  };
  // Two kicks, a long one, two ticks: each one's nearest is its kind.
  const Cluster cluster = make_cluster(
      "c", {ring(55, 0.05), ring(60, 0.05), ring(58, 0.3), ring(6'000, 0.01), ring(6'500, 0.012)}, 48'000);
  REQUIRE(cluster.neighbours.size() == 20);
  CHECK(cluster.neighbour(0, 0) == 1);
  CHECK(cluster.neighbour(1, 0) == 0);
  CHECK(cluster.neighbour(3, 0) == 4);
  CHECK(cluster.neighbour(4, 0) == 3);
  CHECK(cluster.neighbour(0, 1) == 2);
  CHECK(cluster.neighbour(0, 3) >= 3);
  CHECK(make_cluster("one", {ring(55, 0.05)}, 48'000).neighbours.empty());
}
