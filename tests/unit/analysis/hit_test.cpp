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

TEST_CASE("timbre tells how long a hit comes and goes, in octaves of milliseconds times six", "[hit]") {
  const auto hit = make_asset(24'000, [](std::int64_t i) {
    const double t = static_cast<double>(i) / 48'000;
    return static_cast<float>(t < 0.02 ? t / 0.02 : std::exp(-(t - 0.02) / 0.05));
  });
  const Timbre timbre = timbre_of(hit->left, {}, 0, 48'000);
  CHECK(static_cast<double>(timbre[2 * kTimbreBands]) == Approx(6 * std::log2(1 + 20)).margin(0.1));
  CHECK(static_cast<double>(timbre[2 * kTimbreBands + 1]) ==
        Approx(6 * std::log2(1 + 50 * std::log(10.0))).margin(0.1));
}

TEST_CASE(
    "timbre is the same however loud, on whichever side, wherever in its file; nothing lies below -80 dB",
    "[hit]") {
  const auto hit = make_asset(24'000, [](std::int64_t i) {
    const double t = static_cast<double>(i) / 48'000;
    return static_cast<float>((t < 0.04 ? 0.5 : 1e-7) * std::sin(2 * 3.14159265 * 300 * t));
  });
  const Timbre timbre = timbre_of(hit->left, {}, 0, 48'000);
  std::vector<float> silent(hit->left.size()), soft = hit->left, late(5'000);
  for (float& x : soft) x *= 0.125f;
  late.insert(late.end(), hit->left.begin(), hit->left.end());
  const Timbre others[] = {timbre_of(soft, {}, 0, 48'000), timbre_of(silent, hit->left, 0, 48'000),
                           timbre_of(late, {}, 5'000, 48'000)};
  for (const Timbre& other : others)
    for (std::size_t i = 0; i < timbre.size(); ++i) CHECK(other[i] == Approx(timbre[i]).margin(0.01));
  for (int b = 0; b < 2 * kTimbreBands; ++b) CHECK(timbre[static_cast<std::size_t>(b)] >= -80);
  CHECK(timbre[2 * kTimbreBands - 1] < -70);         // later: as good as nothing
  CHECK(timbre[6] - timbre[kTimbreBands + 6] > 40);  // early and late are told apart
  CHECK(timbre[6] - timbre[0] > 15);                 // 320 Hz against 40 Hz
  CHECK(timbre[6] - timbre[16] > 15);                // and against 10 kHz
}

TEST_CASE("a hit begins 50 dB below its peak; beyond 1,024 sounds nobody is ranked", "[hit]") {
  for (const float soft : {0.005f, 0.002f}) {
    std::vector<float> sound(2'000, soft);
    for (std::size_t i = 0; i < 500; ++i) sound[i] = 0;
    sound[1'500] = 1;
    CHECK(pre_roll(sound, {}, 48'000) == (soft > 0.00316f ? 500 - 48 : 1'500 - 48));
  }
  CHECK(make_cluster("many", {1'025, make_click()}, 48'000).neighbours.empty());
}
