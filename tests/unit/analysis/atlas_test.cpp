// The atlas keeps neighbours together, always makes the same map, and stays as it is when the library grows.
#include "engine/analysis/atlas.h"

#include <array>
#include <cmath>
#include <numeric>

#include "engine/analysis/atlas_graph.h"
#include "engine/analysis/atlas_layout.h"
#include "engine/analysis/atlas_space.h"
#include "engine/core/draws.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

float part(std::uint64_t what, std::size_t which) {
  return static_cast<float>(draw_part(draw(3, DrawFor::sample, what, static_cast<std::int64_t>(which))));
}

/// Points without any order.
Points dust(std::size_t count, std::size_t width) {
  Points points(width);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<float> point(width);
    for (std::size_t d = 0; d < width; ++d) point[d] = part(i, d) - 0.5f;
    points.add(point);
  }
  return points;
}

/// Loops in twelve coordinates, each in a plane of its own: no two directions hold them all.
Points rings(std::size_t count) {
  constexpr std::size_t kWidth = 12, kRings = kWidth / 2;
  Points points(kWidth);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<float, kWidth> point;
    for (std::size_t d = 0; d < kWidth; ++d) point[d] = 0.05f * part(i, d);
    const std::size_t ring = i % kRings;
    const float angle = 6.2831853f * part(i, kWidth);
    point[2 * ring] += std::cos(angle);
    point[2 * ring + 1] += std::sin(angle);
    points.add(point);
  }
  return points;
}

bool finite(std::span<const MapPoint> map) {
  return std::ranges::all_of(map, [](MapPoint p) { return std::isfinite(p.x) && std::isfinite(p.y); });
}

float apart(MapPoint a, MapPoint b) { return std::hypot(a.x - b.x, a.y - b.y); }

}  // namespace

TEST_CASE("The nearest neighbours are those a plain search finds") {
  for (const auto& [count, width] : {std::pair<std::size_t, std::size_t>{1, 3}, {2, 1}, {17, 5}, {150, 37}}) {
    Points points = dust(count, width);
    if (count > 5) points.add(std::vector<float>(points[3].begin(), points[3].end()));  // a double
    const Neighbours found = nearest_neighbours(points, 7);
    REQUIRE(found.each == std::min<std::size_t>(7, points.size() - 1));
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::vector<std::pair<double, std::size_t>> all;
      for (std::size_t j = 0; j < points.size(); ++j) {
        double square = 0;
        for (std::size_t d = 0; d < width; ++d)
          square += std::pow(static_cast<double>(points[i][d]) - static_cast<double>(points[j][d]), 2);
        if (j != i) all.emplace_back(std::sqrt(square), j);
      }
      std::ranges::sort(all);
      for (std::size_t n = 0; n < found.each; ++n) {
        CHECK(found.of(i)[n] == all[n].second);
        CHECK(static_cast<double>(found.distances(i)[n]) == Approx(all[n].first).margin(1e-6));
      }
    }
  }
  CHECK(nearest_neighbours(dust(5, 3), dust(20, 3), 4).of(2)[0] == 2);
}

TEST_CASE("Memberships sum to log2 of the neighbours, and a pair counts what either thinks") {
  const Neighbours neighbours = nearest_neighbours(dust(200, 6), 10);
  const auto membership = memberships(neighbours);
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    CHECK(membership[i * 10] == 1);
    CHECK(std::accumulate(membership.begin() + static_cast<std::ptrdiff_t>(10 * i),
                          membership.begin() + static_cast<std::ptrdiff_t>(10 * i + 10),
                          0.0) == Approx(std::log2(10)).margin(1e-3));
  }
  const Neighbours three{2, {1, 2, 0, 2, 1, 0}, {}};  // each of three points knows both others
  const auto edges = fuzzy_union(three, {1, 0.5f, 0.25f, 1, 1, 0});
  REQUIRE(edges.size() == 3);
  CHECK(edges[0].weight == 1);     // 1 and 0.25
  CHECK(edges[1].weight == 0.5f);  // 0.5 and 0
  CHECK(edges[2].weight == 1);
}

TEST_CASE("The curve of the map is the one that fits the least distance") {
  const AtlasCurve curve = atlas_curve(0.1);  // umap-learn fits 1.577 and 0.895
  CHECK(curve.a == Approx(1.577).margin(0.002));
  CHECK(curve.b == Approx(0.895).margin(0.002));
  CHECK(atlas_curve(0.5).a < atlas_curve(0.0).a);
  for (const double exponent : {0.0, 0.5, 0.8951, 2.0}) {
    const Power power(exponent);
    for (const float x : {1e-6f, 0.01f, 0.999f, 1.0f, 1.5f, 3.0f, 1e4f})
      CHECK(static_cast<double>(power(x)) ==
            Approx(std::pow(static_cast<double>(x), exponent)).epsilon(4e-6));
  }
  CHECK(std::isfinite(Power(1.0)(0)));
  CHECK(std::isfinite(Power(1.0)(1e38f)));
}

TEST_CASE("Trustworthiness is 1 for a true map and is what Venna and Kaski define") {
  const Points line = [] {
    Points points(2);
    for (int i = 0; i < 9; ++i) points.add(std::array{static_cast<float>(i * i), 0.0f});
    return points;
  }();
  std::vector<MapPoint> map;
  for (std::size_t i = 0; i < 9; ++i) map.push_back({line[i][0], line[i][1]});
  CHECK(trustworthiness(line, map, 3) == 1);
  // The last point is shown beside the first: each now has one neighbour that is the eighth in truth.
  Points row(1);
  for (int i = 0; i < 9; ++i) row.add(std::array{static_cast<float>(i)});
  std::vector<MapPoint> folded;
  for (int i = 0; i < 9; ++i)
    folded.push_back({i == 8 ? -0.1f : static_cast<float>(i) + 0.01f * static_cast<float>(i * i), 0});
  // Nearest one on the map: of 0 it is 8 (rank 8), of 8 it is 0 (rank 8); the rest are right.
  CHECK(trustworthiness(row, folded, 1) == Approx(1 - 2.0 / (9 * 1 * (18 - 3 - 1)) * (7 + 7)));
}

TEST_CASE("The atlas keeps neighbours together where principal components cannot") {
  const Points points = rings(600);
  const auto map = atlas(points);
  CHECK(finite(map));
  const double ours = trustworthiness(points, map), theirs = trustworthiness(points, pca_map(points));
  INFO(ours << " against " << theirs);
  CHECK(ours > 0.97);
  CHECK(theirs < 0.85);
  CHECK(atlas(points) == map);
  AtlasOptions other;
  other.seed = 1;
  const auto second = atlas(points, other);
  CHECK(second != map);
  CHECK(trustworthiness(points, second) > 0.97);
}

TEST_CASE("The atlas is centred and wider than it is high") {
  const auto map = atlas(rings(200));
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (const MapPoint p : map) {
    const auto a = static_cast<double>(p.x), b = static_cast<double>(p.y);
    x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
  }
  CHECK(std::abs(x) < 1e-2);
  CHECK(std::abs(y) < 1e-2);
  CHECK(xx > yy);
  CHECK(std::abs(xy) < 1e-3 * xx);
}

TEST_CASE("A larger least distance spreads what lies together") {
  const auto nearest = [](double min_dist) {
    AtlasOptions options;
    options.min_dist = min_dist;
    const auto map = atlas(rings(300), options);
    Points places(2);
    for (const MapPoint p : map) places.add(std::array{p.x, p.y});
    double sum = 0;
    for (const float d : nearest_neighbours(places, 1).distance) sum += static_cast<double>(d);
    return sum / 300;
  };
  CHECK(nearest(0.8) > 1.5 * nearest(0.01));
}

TEST_CASE("Few points, and points that coincide, have places") {
  CHECK(atlas(Points(4)).empty());
  CHECK(atlas(dust(1, 4)) == std::vector<MapPoint>(1));
  for (const std::size_t count : {2u, 3u, 4u, 17u}) {
    const auto map = atlas(dust(count, 4));
    REQUIRE(map.size() == count);
    CHECK(finite(map));
    CHECK(apart(map[0], map[1]) > 0.01f);
  }
  Points same(4);
  for (int i = 0; i < 50; ++i) same.add(std::array{1.0f, 2.0f, 3.0f, 4.0f});
  CHECK(finite(atlas(same)));
  CHECK(finite(pca_map(same)));
  Points doubled(12);
  const Points once = rings(120);
  for (std::size_t i = 0; i < 240; ++i) doubled.add(once[i / 2]);
  const auto map = atlas(doubled);
  CHECK(finite(map));
  double own = 0, next = 0;
  for (std::size_t i = 0; i < 240; i += 2) {
    own += static_cast<double>(apart(map[i], map[i + 1]));
    next += static_cast<double>(apart(map[i], map[(i + 12) % 240]));
  }
  CHECK(own < next / 3);
}

TEST_CASE("New points find their place on a map that stays as it is") {
  const Points all = rings(600);
  Points mapped(12), fresh(12);
  for (std::size_t i = 0; i < 600; ++i) (i < 500 ? mapped : fresh).add(all[i]);
  const auto map = atlas(mapped);
  CHECK(place_in(mapped, map, mapped) == map);  // what is there already lies where it lies
  auto grown = map;
  for (const MapPoint p : place_in(mapped, map, fresh)) grown.push_back(p);
  CHECK(trustworthiness(all, grown) > 0.95);
  CHECK(place_in(Points(12), {}, fresh) == std::vector<MapPoint>(100));
}

TEST_CASE("Blocks of descriptors weigh the same in the atlas's space") {
  std::vector<Descriptors> sounds(400);
  for (std::size_t i = 0; i < sounds.size(); ++i)
    for (std::size_t d = 0; d < descriptor::kCount; ++d)
      sounds[i][d] = 100 + static_cast<float>(d) * part(i, d);  // of any size; the first never differs
  const AtlasSpace space(sounds);
  const Points points = space(sounds);
  REQUIRE(points.width() == descriptor::kCount);
  for (const DescriptorBlock& block : descriptor::kBlocks) {
    double squares = 0;
    for (std::size_t i = 0; i < points.size(); ++i)
      for (std::size_t d = block.first; d < block.first + block.size; ++d)
        squares += std::pow(static_cast<double>(points[i][d]), 2);
    const double free = block.first == 0 ? 17.0 / 18 : 1;
    CHECK(squares / 400 == Approx(free).margin(0.001));
  }
  Descriptors far = sounds[0];
  far[20] = 1e9f;
  CHECK(space(std::span(&far, 1))[0][20] == Approx(3 / std::sqrt(40.0)));
  CHECK(AtlasSpace({})({}).size() == 0);
}
