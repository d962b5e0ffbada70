#include "engine/analysis/som.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/neighbours.h"
#include "engine/analysis/pca.h"

namespace entrain {
namespace {

constexpr double kNarrowest = 0.5;  // cells
constexpr double kReach = 2;        // standard deviations that the grid spans at first, either way
constexpr float kFloor = -80;       // dB

/// From -1 to 1 along a side of the grid; a single cell lies in the middle.
double across(int at, int of) { return of < 2 ? 0 : 2.0 * at / (of - 1) - 1; }

}  // namespace

Som::Som(const Points& points, SomOptions options)
    : width_(std::max(options.width, 1)), height_(std::max(options.height, 1)), cells_(points.width()) {
  arrange(points);
  if (points.size() == 0) return;
  const double widest = std::max({width_ / 8.0, height_ / 8.0, kNarrowest});
  for (int round = 0; round < options.rounds; ++round) {
    const double done = options.rounds < 2 ? 1 : static_cast<double>(round) / (options.rounds - 1);
    learn(points, widest * std::pow(kNarrowest / widest, done));
  }
}

void Som::arrange(const Points& points) {
  const PrincipalAxes axes = principal_axes(points);
  std::vector<float> cell(points.width());
  for (int y = 0; y < height_; ++y)
    for (int x = 0; x < width_; ++x) {
      const double a = kReach * axes.deviation[0] * across(x, width_),
                   b = kReach * axes.deviation[1] * across(y, height_);
      for (std::size_t d = 0; d < cell.size(); ++d)
        cell[d] = static_cast<float>(axes.mean[d] + a * axes.axes[0][d] + b * axes.axes[1][d]);
      cells_.add(cell);
    }
}

void Som::learn(const Points& points, double radius) {
  const auto best = best_cells(points);
  const std::size_t width = points.width(), columns = static_cast<std::size_t>(width_), count = cells_.size();
  std::vector<double> sums(count * width), members(count);
  for (std::size_t i = 0; i < points.size(); ++i) {
    ++members[best[i]];
    for (std::size_t d = 0; d < width; ++d) sums[best[i] * width + d] += static_cast<double>(points[i][d]);
  }
  std::vector<double> bell(static_cast<std::size_t>(std::max(width_, height_)));
  for (std::size_t r = 0; r < bell.size(); ++r)
    bell[r] = std::exp(-static_cast<double>(r * r) / (2 * radius * radius));
  Points next(width);
  std::vector<double> mean(width);
  std::vector<float> cell(width);
  for (std::size_t c = 0; c < count; ++c) {
    std::ranges::fill(mean, 0.0);
    double weight = 0;
    for (std::size_t o = 0; o < count; ++o) {
      if (members[o] == 0) continue;
      const std::size_t dx =
          c % columns > o % columns ? c % columns - o % columns : o % columns - c % columns;
      const std::size_t dy =
          c / columns > o / columns ? c / columns - o / columns : o / columns - c / columns;
      const double near = bell[dx] * bell[dy];
      weight += near * members[o];
      for (std::size_t d = 0; d < width; ++d) mean[d] += near * sums[o * width + d];
    }
    for (std::size_t d = 0; d < width; ++d)
      cell[d] = weight > 1e-200 ? static_cast<float>(mean[d] / weight) : cells_[c][d];
    next.add(cell);
  }
  cells_ = std::move(next);
}

std::vector<std::uint32_t> Som::best_cells(const Points& points) const {
  return nearest_neighbours(points, cells_, 1).index;
}

PitchLevels pitch_levels(const Descriptors& sound, float lufs) {
  PitchLevels levels;
  for (std::size_t c = 0; c < levels.size(); ++c) {
    const float part = sound[descriptor::kChroma.first + c];
    levels[c] = part > 0 ? std::clamp(lufs + 10 * std::log10(part), kFloor, 0.0f) : kFloor;
  }
  return levels;
}

}  // namespace entrain
