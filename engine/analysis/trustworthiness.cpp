#include <algorithm>
#include <array>
#include <cmath>

#include "engine/analysis/atlas.h"
#include "engine/analysis/neighbours.h"

namespace entrain {
namespace {

/// Squared distances from one point to all, coordinate by coordinate.
class Distances {
 public:
  explicit Distances(const Points& points) : points_(points), columns_(points.size() * points.width()) {
    for (std::size_t i = 0; i < points.size(); ++i)
      for (std::size_t d = 0; d < points.width(); ++d) columns_[d * points.size() + i] = points[i][d];
  }

  void from(std::size_t i, std::vector<float>& out) const {
    constexpr std::size_t kRun = 1'024;  // what stays in the nearest cache
    const std::size_t n = points_.size();
    out.assign(n, 0.0f);
    for (std::size_t first = 0; first < n; first += kRun)
      for (std::size_t d = 0; d < points_.width(); ++d) {
        const float* column = columns_.data() + d * n;
        const float at = points_[i][d];
        for (std::size_t j = first; j < std::min(first + kRun, n); ++j)
          out[j] += (column[j] - at) * (column[j] - at);
      }
  }

 private:
  const Points& points_;
  std::vector<float> columns_;
};

/// The place of `j` in the order of distances, from 1; ties go to the lower index.
std::size_t rank_of(std::size_t j, std::size_t self, const std::vector<float>& squares) {
  std::size_t rank = 1;
  for (std::size_t o = 0; o < squares.size(); ++o)
    rank += static_cast<std::size_t>(squares[o] < squares[j] || (squares[o] == squares[j] && o < j));
  const bool counted = squares[self] < squares[j] || (squares[self] == squares[j] && self < j);
  return rank - static_cast<std::size_t>(counted);
}

}  // namespace

double trustworthiness(const Points& points, std::span<const MapPoint> map, int k) {
  const std::size_t n = points.size();
  if (n < 4) return 1;
  const std::size_t each = std::min(static_cast<std::size_t>(std::max(k, 1)), (n - 1) / 2);
  Points places(2);
  for (const MapPoint p : map) places.add(std::array{p.x, p.y});
  const Neighbours shown = nearest_neighbours(places, each), true_ones = nearest_neighbours(points, each);
  const Distances distances(points);
  std::vector<float> squares;
  double lost = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<std::uint32_t> intruders;
    for (const std::uint32_t j : shown.of(i))
      if (std::ranges::find(true_ones.of(i), j) == true_ones.of(i).end()) intruders.push_back(j);
    if (intruders.empty()) continue;
    distances.from(i, squares);
    for (const std::uint32_t j : intruders)
      lost += std::max(0.0, static_cast<double>(rank_of(j, i, squares)) - static_cast<double>(each));
  }
  const auto count = static_cast<double>(n), near = static_cast<double>(each);
  return 1 - 2 / (count * near * (2 * count - 3 * near - 1)) * lost;
}

}  // namespace entrain
