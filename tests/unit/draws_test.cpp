// Randomness is a hash: even, independent of what else was drawn, and undisturbed by what was removed.
#include "engine/core/draws.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Pearson's statistic against an even spread, in standard deviations of its expectation.
double unevenness(const std::vector<int>& counts) {
  double total = 0, sum = 0;
  for (const int c : counts) total += c;
  const double expected = total / static_cast<double>(counts.size());
  for (const int c : counts) sum += (c - expected) * (c - expected) / expected;
  const auto freedom = static_cast<double>(counts.size() - 1);
  return (sum - freedom) / std::sqrt(2 * freedom);
}

std::shared_ptr<const Track> many_samples(const std::string& steps, int samples) {
  std::vector<std::shared_ptr<const Asset>> all;
  for (int i = 0; i < samples; ++i) all.push_back(make_click(1));
  return make_track(all, steps);
}

/// step -> sample of all hits of one track in eight bars.
std::map<std::int64_t, int> hits_of(const std::array<std::string, 3>& patterns, int track, std::uint64_t seed = 1) {
  Rig rig({48'000, seed, Isa::baseline});
  Performance p;
  p.epoch = 1;
  for (std::size_t t = 0; t < patterns.size(); ++t)
    if (!patterns[t].empty()) p.tracks[t] = many_samples(patterns[t], 1000);
  rig.load(p);
  rig.play();
  rig.run(48'000 * 16);
  std::map<std::int64_t, int> hits;
  for (const Report& r : rig.reports)
    if (r.unit == track) hits[r.step] = r.sample;
  return hits;
}

}  // namespace

TEST_CASE("draws are even over seeds, tracks and steps, for every number of samples") {
  for (const std::uint32_t n : {2u, 3u, 7u, 16u, 100u, 257u}) {
    for (int along = 0; along < 3; ++along) {
      INFO(n << " samples, along " << along);
      std::vector<int> counts(n);
      for (std::uint64_t i = 0; i < 400 * n; ++i) {
        const std::uint64_t bits = along == 0   ? draw(i, DrawFor::sample, 3, 7)
                                   : along == 1 ? draw(1, DrawFor::sample, i, 7)
                                                : draw(1, DrawFor::sample, 3, static_cast<std::int64_t>(i));
        const std::uint32_t chosen = draw_below(bits, n);
        REQUIRE(chosen < n);
        ++counts[chosen];
      }
      CHECK(std::abs(unevenness(counts)) < 4.5);
    }
  }
}

TEST_CASE("neighbouring draws are independent: pairs are even too") {
  for (int along = 0; along < 3; ++along) {
    constexpr std::uint32_t n = 12;
    std::vector<int> pairs(n * n);
    for (std::uint64_t i = 0; i < 60'000; ++i) {
      const auto of = [&](std::uint64_t k) {
        const std::uint64_t b = along == 0   ? draw(k, DrawFor::sample, 0, 0)
                                : along == 1 ? draw(9, DrawFor::sample, k, 0)
                                             : draw(9, DrawFor::sample, 0, static_cast<std::int64_t>(k));
        return draw_below(b, n);
      };
      ++pairs[of(i) * n + of(i + 1)];
    }
    CHECK(std::abs(unevenness(pairs)) < 4.5);
  }
}

TEST_CASE("a draw depends on its seed, its track and its step, and is the same for ever") {
  std::set<std::uint64_t> all;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (std::uint64_t track = 0; track < 16; ++track)
      for (std::int64_t step = -10; step < 100; ++step) all.insert(draw(seed, DrawFor::sample, track, step));
  CHECK(all.size() == 10 * 16 * 110);
  // Recorded jams depend on these values.
  CHECK(draw(0, DrawFor::sample, 0, 0) == 0xd1c0270687984b37u);
  CHECK(draw(1, DrawFor::sample, 15, -1) == 0x5a972492dd48aea7u);
  STATIC_REQUIRE(draw_below(~std::uint64_t{0}, 5) == 4);
  STATIC_REQUIRE(draw_below(0, 5) == 0);
}

TEST_CASE("removing one hit changes that hit and nothing after it") {
  const auto whole = hits_of({"1101101111101101", "", ""}, 0);
  const auto less = hits_of({"1101001111101101", "", ""}, 0);
  REQUIRE(whole.size() > 80);
  REQUIRE(less.size() < whole.size());
  for (const auto& [step, sample] : less) CHECK(whole.at(step) == sample);
  for (const auto& [step, sample] : whole) CHECK((step % 16 == 4 || less.count(step) == 1));
}

TEST_CASE("a track draws the same whatever the other tracks play, and as seeds differ so do draws") {
  const auto alone = hits_of({"", "10110111", ""}, 1);
  CHECK(hits_of({"1111", "10110111", "101"}, 1) == alone);
  CHECK(hits_of({"", "10110111", ""}, 1, 2) != alone);
  CHECK(hits_of({"10110111", "", ""}, 0) != alone);
}

TEST_CASE("every hit by hand draws anew, and hits by hand do not disturb the pattern") {
  const auto play = [](bool by_hand) {
    Rig rig;
    Performance p;
    p.epoch = 1;
    p.tracks[0] = many_samples("10110111", 1000);
    rig.load(p);
    rig.play();
    for (int i = 0; i < 40; ++i) {
      if (by_hand) rig.post("/track/1/hit", 1);
      rig.run(4'800);
    }
    return rig.reports;
  };
  const auto with = play(true), without = play(false);
  std::set<int> by_hand;
  std::vector<std::pair<std::int64_t, int>> pattern, expected;
  for (const Report& r : with)
    if (r.step < 0) by_hand.insert(r.sample);
    else pattern.push_back({r.step, r.sample});
  for (const Report& r : without) expected.push_back({r.step, r.sample});
  CHECK(by_hand.size() > 35);
  CHECK(pattern == expected);
}
