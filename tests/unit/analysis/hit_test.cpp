// What is heard in a hit: its pre-roll and its timbre.
#include "engine/analysis/hit.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/analysis/hit_class.h"
#include "engine/analysis/hit_features.h"
#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {

Pcm pcm_of(const std::vector<float>& left, const std::vector<float>& right) {
  Pcm pcm;
  pcm.rate = 44'100;
  pcm.left = left;
  pcm.right = right.empty() ? left : right;
  return pcm;
}

}  // namespace

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

TEST_CASE("timbre is finite for anything, and its standard deviations are 3 at most", "[hit]") {
  for (const auto& odd : odd_sounds(44'100)) {
    Describer describe(44'100);
    double sum = 0;
    for (const float value : timbre_of(describe_hit(pcm_of(odd, {}), describe))) {
      CHECK(std::isfinite(value));
      sum += static_cast<double>(value * value);
    }
    CHECK(sum <= 3 * 9 + 1e-3);  // three blocks
  }
}

TEST_CASE("the nearest of a cluster are those of one kind", "[hit]") {
  const auto ring = [](double hertz, double seconds) {
    return make_asset(24'000, [=](std::int64_t i) {
      const double t = static_cast<double>(i) / 48'000;
      return static_cast<float>(0.5 * std::exp(-t / seconds) * std::sin(2 * 3.14159265 * hertz * t));
    });
  };
  // Two kicks, a long one, two ticks.
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

TEST_CASE("a sound is described the same however loud, on whichever side, wherever it begins in its file",
          "[hit]") {
  const auto hit = make_asset(24'000, [](std::int64_t i) {
    const double t = static_cast<double>(i) / 44'100;
    return static_cast<float>((t < 0.04 ? 0.5 : 1e-7) * std::sin(2 * 3.14159265 * 300 * t));
  });
  const auto after = [&](std::size_t silence) {
    std::vector<float> sound(silence);
    sound.insert(sound.end(), hit->left.begin(), hit->left.end());
    return sound;
  };
  const auto sound = after(5'000), late = after(9'000);
  std::vector<float> silent(sound.size()), soft = sound;
  for (float& x : soft) x *= 0.125f;
  Describer describe(44'100);
  const auto heard = describe_hit(pcm_of(sound, sound), describe);
  CHECK(describe_hit(pcm_of(soft, soft), describe) == heard);
  CHECK(describe_hit(pcm_of(silent, sound), describe) == heard);
  CHECK(describe_hit(pcm_of(late, late), describe) == heard);
}

TEST_CASE("a cluster is ranked from where its samples begin, on either side", "[hit]") {
  const auto hit = [](double hertz, std::int64_t from, bool right) {
    auto asset = std::make_shared<Asset>(*make_asset(30'000, [=](std::int64_t i) {
      const double t = static_cast<double>(i - from) / 48'000;
      return t < 0 ? 0.0f : static_cast<float>(std::exp(-t / 0.06) * std::sin(2 * 3.14159265 * hertz * t));
    }));
    asset->onset = from;
    if (right) {
      asset->right = asset->left;
      std::ranges::fill(asset->left, 0.0f);
    }
    return asset;
  };
  const Cluster cluster = make_cluster(
      "c", {hit(80, 0, false), hit(80, 9'600, true), hit(160, 0, false), hit(160, 9'600, true)}, 48'000);
  REQUIRE(cluster.neighbours.size() == 12);
  for (const std::size_t i : {0u, 1u, 2u, 3u}) CHECK(cluster.neighbour(i, 0) == (i ^ 1));
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

TEST_CASE("a sound's nearest in timbre have a say in what it is taken for", "[hit]") {
  Describer describe(44'100);
  std::vector<Descriptors> sounds;
  for (int i = 0; i < 26; ++i) {
    std::vector<float> sound(12'000);
    for (std::size_t k = 0; k < sound.size(); ++k) {
      const double t = static_cast<double>(k) / 44'100, hertz = 50 * std::pow(1.24, i);
      sound[k] = static_cast<float>(std::exp(-t / (0.02 + 0.01 * i)) * std::sin(2 * 3.14159265 * hertz * t));
    }
    sounds.push_back(describe(sound));
  }
  const auto squared = [](std::array<double, kHitClasses> chances) {
    double sum = 0;
    for (double& c : chances) sum += c *= c;
    for (double& c : chances) c /= sum;
    return chances;
  };
  for (const std::size_t count : {4u, 5u, 9u, 26u}) {
    const std::size_t asked = std::min<std::size_t>(5, (count - 1) / 4);
    const auto heard = std::span(sounds).first(count);
    std::vector<std::array<double, kHitClasses>> own, kinds;
    std::vector<std::vector<std::size_t>> nearest(count);
    for (std::size_t i = 0; i < count; ++i) {
      auto& chances = own.emplace_back();
      std::ranges::copy(suggest_class(heard[i]).chances, chances.begin());
      std::vector<std::pair<double, std::size_t>> others;
      const Timbre a = timbre_of(heard[i]);
      for (std::size_t j = 0; j < count; ++j) {
        const Timbre b = timbre_of(heard[j]);
        const double far = std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                                                 [](float x, float y) { return std::pow(x - y, 2); });
        if (j != i) others.emplace_back(far, j);
      }
      std::ranges::sort(others);
      for (std::size_t k = 0; k < asked; ++k) nearest[i].push_back(others[k].second);
    }
    kinds = own;
    for (int round = 0; round < 60 && asked > 0; ++round)
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t c = 0; c < kHitClasses; ++c) {
          double said = 0;
          for (const std::size_t j : nearest[i]) said += kinds[j][c] / static_cast<double>(asked);
          kinds[i][c] = 0.6 * own[i][c] + 0.4 * said;
        }
    const Points points = hit_features(heard);
    REQUIRE(points.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto expected = squared(kinds[i]);
      for (std::size_t c = 0; c < kHitClasses; ++c)
        CHECK(static_cast<double>(points[i][c]) == Approx(expected[c]).margin(2e-3));
    }
  }
}
