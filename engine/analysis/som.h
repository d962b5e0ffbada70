// Kohonen's self-organising map: a grid of cells, each like the points that lie in it and near it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/analysis/cluster.h"
#include "engine/analysis/descriptors.h"

namespace entrain {

struct SomOptions {
  int width = 32, height = 16;  ///< cells, from 1; seed 2's
  int rounds = 20;              ///< over all points
};

/// The batch form (Kohonen, Self-Organizing Maps, 3.6): cells start on the plane of the two principal axes;
/// in each round every cell becomes the mean of all points, weighted by a bell around their best cells that
/// narrows from an eighth of the grid to half a cell. Nothing is drawn: the same points make the same map.
/// Without points every cell is 0. Pure; finite for finite points; not realtime-safe.
class Som {
 public:
  explicit Som(const Points& points, SomOptions options = {});

  int width() const { return width_; }
  int height() const { return height_; }
  /// Features of a cell; rows from the top.
  std::span<const float> cell(int x, int y) const { return cells_[static_cast<std::size_t>(y * width_ + x)]; }
  /// The cell (y * width + x) most like each point, which may be a new one.
  std::vector<std::uint32_t> best_cells(const Points& points) const;

 private:
  void arrange(const Points& points);
  void learn(const Points& points, double radius);

  int width_, height_;
  Points cells_;
};

/// How loud each pitch class of a sound is, from C, in dB: the seed's twelve features. Its loudness (LUFS)
/// for the strongest, what chroma says below it for the others; -80 to 0.
using PitchLevels = std::array<float, 12>;
PitchLevels pitch_levels(const Descriptors& sound, float lufs);

}  // namespace entrain
