#include "engine/analysis/atlas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/analysis/atlas_graph.h"
#include "engine/analysis/atlas_layout.h"
#include "engine/core/draws.h"

namespace entrain {
namespace {

constexpr float kStart = 10;      // how far from the middle points start at most
constexpr float kJitter = 1e-3f;  // so that points that coincide can part

std::size_t at_least_one(int neighbours) { return static_cast<std::size_t>(std::max(neighbours, 1)); }

/// The principal components, blown up to the scale of the layout.
std::vector<MapPoint> start_of(const Points& points, std::uint64_t seed) {
  auto map = pca_map(points);
  float farthest = 0;
  for (const MapPoint p : map) farthest = std::max({farthest, std::abs(p.x), std::abs(p.y)});
  const float scale = farthest > 0 ? kStart / farthest : 0;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const std::uint64_t bits = mix_bits(mix_bits(~seed) ^ i);
    const auto jitter = [](std::uint64_t b) { return kJitter * static_cast<float>(draw_part(b) - 0.5); };
    map[i] = {map[i].x * scale + jitter(bits), map[i].y * scale + jitter(mix_bits(bits))};
  }
  return map;
}

/// Centred, the longer axis level; turned by less than a quarter either way.
void straighten(std::vector<MapPoint>& map) {
  Points points(2);
  for (const MapPoint p : map) points.add(std::array{p.x, p.y});
  const PrincipalAxes axes = principal_axes(points);
  auto [cosine, sine] = std::pair(axes.axes[0][0], axes.axes[0][1]);
  if (cosine < 0) {
    cosine = -cosine;
    sine = -sine;
  }
  if (cosine == 0 && sine == 0) cosine = 1;
  for (MapPoint& p : map) {
    const double x = static_cast<double>(p.x) - axes.mean[0], y = static_cast<double>(p.y) - axes.mean[1];
    p = {static_cast<float>(cosine * x + sine * y), static_cast<float>(cosine * y - sine * x)};
  }
}

int epochs_for(std::size_t points) { return points <= 5'000 ? 300 : 200; }

}  // namespace

std::vector<MapPoint> atlas(const Points& points, const AtlasOptions& options) {
  if (points.size() < 2) return std::vector<MapPoint>(points.size());
  const Neighbours neighbours = nearest_neighbours(points, at_least_one(options.neighbours));
  const auto edges = fuzzy_union(neighbours, memberships(neighbours));
  auto map = start_of(points, options.seed);
  lay_out(map, edges, atlas_curve(std::clamp(options.min_dist, 0.0, 1.0)),
          options.epochs > 0 ? options.epochs : epochs_for(points.size()), options.seed);
  straighten(map);
  return map;
}

std::vector<MapPoint> place_in(const Points& mapped, std::span<const MapPoint> map, const Points& fresh,
                               int neighbours) {
  std::vector<MapPoint> placed(fresh.size());
  const Neighbours nearest = nearest_neighbours(fresh, mapped, at_least_one(neighbours));
  const auto weights = memberships(nearest);
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    const bool coincides = nearest.distances(i)[0] == 0;
    double x = 0, y = 0, sum = 0;
    for (std::size_t n = 0; n < nearest.each && !(coincides && nearest.distances(i)[n] > 0); ++n) {
      const auto weight = static_cast<double>(weights[i * nearest.each + n]);
      const MapPoint at = map[nearest.of(i)[n]];
      x += weight * static_cast<double>(at.x);
      y += weight * static_cast<double>(at.y);
      sum += weight;
    }
    placed[i] = {static_cast<float>(x / sum), static_cast<float>(y / sum)};
  }
  return placed;
}

}  // namespace entrain
