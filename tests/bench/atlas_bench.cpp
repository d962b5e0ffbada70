// What the atlas costs and how true it is, beside principal components.
//
//   atlas_bench [POINTS]...     default 1000 10000
#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>

#include "engine/analysis/atlas.h"
#include "engine/analysis/atlas_graph.h"
#include "engine/core/draws.h"
#include "tests/support/cpu_time.h"

using namespace entrain;
using entrain::test::cpu_seconds;

namespace {

/// Twenty clouds of five free directions each, in 208 coordinates, with a little noise in all.
Points clouds(std::size_t count) {
  constexpr std::size_t kWidth = 208, kClouds = 20, kFree = 5;
  const auto normal = [](std::uint64_t what, std::uint64_t which) {
    const double u = draw_part(draw(1, DrawFor::sample, what, static_cast<std::int64_t>(2 * which)));
    const double v = draw_part(draw(1, DrawFor::sample, what, static_cast<std::int64_t>(2 * which + 1)));
    return std::sqrt(-2 * std::log(1 - u)) * std::cos(2 * std::numbers::pi * v);
  };
  Points points(kWidth);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t cloud = i % kClouds;
    std::array<float, kWidth> point;
    for (std::size_t d = 0; d < kWidth; ++d) {
      double x = normal(1'000'000 + cloud, d) + 0.1 * normal(i, 100 + d);
      for (std::size_t f = 0; f < kFree; ++f)
        x += 0.7 * normal(i, f) * normal(2'000'000 + cloud * kFree + f, d);
      point[d] = static_cast<float>(x);
    }
    points.add(point);
  }
  return points;
}

void measure(std::size_t count) {
  const Points points = clouds(count);
  double at = cpu_seconds();
  const auto since = [&] {
    const double before = at;
    return (at = cpu_seconds()) - before;
  };
  const auto pca = pca_map(points);
  const double components = since();
  const auto neighbours = nearest_neighbours(points, 15);
  const double finding = since();
  fuzzy_union(neighbours, memberships(neighbours));
  const double joining = since();
  const auto map = atlas(points);
  const double whole = since();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("%6zu points: %.2f s (neighbours %.2f, graph %.2f, components %.2f), peak memory %ld MB; ",
              count, whole, finding, joining, components, usage.ru_maxrss / 1024);
  std::printf("trustworthiness (15) %.4f, principal components %.4f\n", trustworthiness(points, map),
              trustworthiness(points, pca));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2)
    for (const std::size_t count : {1'000u, 10'000u}) measure(count);
  for (int i = 1; i < argc; ++i) measure(std::strtoul(argv[i], nullptr, 10));
  return 0;
}
