// Principal components: the two directions along which points differ most.
#pragma once

#include <array>
#include <vector>

#include "engine/analysis/cluster.h"

namespace entrain {

/// A place on a map. Units are the map's own.
struct MapPoint {
  float x = 0, y = 0;

  bool operator==(const MapPoint&) const = default;
};

struct PrincipalAxes {
  std::vector<double> mean;
  std::array<std::vector<double>, 2> axes;  ///< of length 1, or all 0 where nothing differs any more
  std::array<double, 2> deviation{};        ///< standard deviations along them, falling

  MapPoint of(std::span<const float> point) const;
};

/// By orthogonal iteration (Golub and Van Loan, Matrix Computations, 8.2). The largest part of an axis is
/// positive. Pure, always the same; finite for finite points; not realtime-safe.
PrincipalAxes principal_axes(const Points& points);

/// Every point by its two principal components.
std::vector<MapPoint> pca_map(const Points& points);

}  // namespace entrain
