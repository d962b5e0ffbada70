// Many vectors of one width, and their products with one direction: the inner loop of likeness and search.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/isa.h"

namespace entrain {

/// Rows stand one behind the other, filled up with zeros to whole lines of 16 floats.
class VectorTable {
 public:
  VectorTable(std::size_t width, std::size_t rows)
      : width_(width), stride_((width + kLine - 1) / kLine * kLine), rows_(rows), values_(stride_ * rows) {}

  std::size_t width() const { return width_; }
  std::size_t size() const { return rows_; }
  std::span<float> row(std::size_t i) { return {values_.data() + i * stride_, width_}; }
  std::span<const float> row(std::size_t i) const { return {values_.data() + i * stride_, width_}; }

  /// out[d][i] = directions[d] . row(i), for all directions in one pass over memory. Exact but for the order
  /// of sums, which the level decides. Each direction is width() long, each out size(). Any thread.
  void products(std::span<const std::span<const float>> directions, std::span<const std::span<float>> out,
                Isa isa = best_isa()) const;

  /// Makes each row that is not zero one of length 1.
  void normalise();

 private:
  static constexpr std::size_t kLine = 16;
  std::size_t width_, stride_, rows_;
  std::vector<float> values_;
};

}  // namespace entrain
