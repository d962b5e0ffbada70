#include "engine/analysis/pca.h"

#include <algorithm>
#include <cmath>

#include "engine/core/draws.h"

namespace entrain {
namespace {

constexpr int kMostRounds = 100;
constexpr double kStill = 1e-6;  // how far an axis turns in the last round

using Axis = std::vector<double>;

double along(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += a[d] * b[d];
  return sum;
}

double component(std::span<const float> point, const Axis& mean, const Axis& axis) {
  double sum = 0;
  for (std::size_t d = 0; d < axis.size(); ++d) sum += (static_cast<double>(point[d]) - mean[d]) * axis[d];
  return sum;
}

/// Brings `axis` to length 1 and at right angles to `other`; all 0 where nothing is left of it.
double straighten(Axis& axis, const Axis* other) {
  const double before = std::sqrt(along(axis, axis));
  if (other) {
    const double part = along(axis, *other);
    for (std::size_t d = 0; d < axis.size(); ++d) axis[d] -= part * (*other)[d];
  }
  const double length = std::sqrt(along(axis, axis));
  const bool gone = !(length > 1e-12 * before) || !std::isfinite(length);
  for (double& value : axis) value = gone ? 0 : value / length;
  return gone ? 0 : length;
}

/// The scatter of the points, applied to two axes at once.
std::array<Axis, 2> spread(const Points& points, const Axis& mean, const std::array<Axis, 2>& axes) {
  std::array<Axis, 2> out{Axis(mean.size()), Axis(mean.size())};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto point = points[i];
    const double a = component(point, mean, axes[0]), b = component(point, mean, axes[1]);
    for (std::size_t d = 0; d < mean.size(); ++d) {
      const double x = static_cast<double>(point[d]) - mean[d];
      out[0][d] += a * x;
      out[1][d] += b * x;
    }
  }
  return out;
}

/// Any two directions: drawn, so that none that matters lies at right angles to both.
std::array<Axis, 2> starting_axes(std::size_t width) {
  std::array<Axis, 2> axes{Axis(width), Axis(width)};
  for (std::size_t d = 0; d < width; ++d)
    for (std::size_t a = 0; a < 2; ++a) axes[a][d] = draw_part(mix_bits(mix_bits(2 * d + a))) - 0.5;
  straighten(axes[0], nullptr);
  straighten(axes[1], &axes[0]);
  return axes;
}

}  // namespace

MapPoint PrincipalAxes::of(std::span<const float> point) const {
  return {static_cast<float>(component(point, mean, axes[0])),
          static_cast<float>(component(point, mean, axes[1]))};
}

PrincipalAxes principal_axes(const Points& points) {
  PrincipalAxes found;
  found.mean.assign(points.width(), 0.0);
  for (Axis& axis : found.axes) axis.assign(points.width(), 0.0);
  if (points.size() == 0) return found;
  const auto count = static_cast<double>(points.size());
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t d = 0; d < points.width(); ++d)
      found.mean[d] += static_cast<double>(points[i][d]) / count;
  found.axes = starting_axes(points.width());
  for (int round = 0; round < kMostRounds; ++round) {
    auto next = spread(points, found.mean, found.axes);
    found.deviation = {std::sqrt(straighten(next[0], nullptr) / count),
                       std::sqrt(straighten(next[1], &next[0]) / count)};
    const double turned =
        2 - std::abs(along(next[0], found.axes[0])) - std::abs(along(next[1], found.axes[1]));
    found.axes = std::move(next);
    if (turned < kStill) break;
  }
  for (Axis& axis : found.axes) {
    const double largest = *std::ranges::max_element(axis, {}, [](double x) { return std::abs(x); });
    if (largest < 0)
      for (double& value : axis) value = -value;
  }
  return found;
}

std::vector<MapPoint> pca_map(const Points& points) {
  const PrincipalAxes axes = principal_axes(points);
  std::vector<MapPoint> map;
  for (std::size_t i = 0; i < points.size(); ++i) map.push_back(axes.of(points[i]));
  return map;
}

}  // namespace entrain
