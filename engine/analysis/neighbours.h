// Who lies nearest to whom: exact nearest neighbours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/analysis/cluster.h"

namespace entrain {

/// For every point asked about, the `each` nearest, nearest first; of two that are equally far, the lower
/// index first.
struct Neighbours {
  std::size_t each = 0;
  std::vector<std::uint32_t> index;  ///< `each` a point
  std::vector<float> distance;       ///< Euclidean

  std::size_t size() const { return each == 0 ? 0 : index.size() / each; }
  std::span<const std::uint32_t> of(std::size_t i) const { return {index.data() + i * each, each}; }
  std::span<const float> distances(std::size_t i) const { return {distance.data() + i * each, each}; }
};

/// The `k` points nearest to every point, itself left out; fewer where there are fewer others. Every sum runs
/// over the coordinates in their order, so that every machine finds the same bits. Time grows with the square
/// of the number of points, memory with the number. Pure; not realtime-safe; any thread.
Neighbours nearest_neighbours(const Points& points, std::size_t k);

/// The `k` points of `among` nearest to every point of `asked`; both are of one width.
Neighbours nearest_neighbours(const Points& asked, const Points& among, std::size_t k);

}  // namespace entrain
