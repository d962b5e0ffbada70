// Sums of neighbouring values, each with its weights: filter banks, and pictures that are shrunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace entrain {

/// A matrix most of which is zero: each row weighs a run of neighbours among `width` values.
class WeightedSums {
 public:
  explicit WeightedSums(std::size_t width);  ///< from 8

  /// A row: `weights` for the values from `first` on; all of them lie below width.
  void add(std::size_t first, std::span<const float> weights);
  std::size_t rows() const { return ends_.size(); }

  /// `values` holds `width`, `out` rows().
  void apply(std::span<const float> values, std::span<float> out) const;

 private:
  std::size_t width_;
  std::vector<std::uint32_t> firsts_;  ///< of groups of eight values
  std::vector<std::uint32_t> ends_;    ///< of rows, in groups
  std::vector<float> weights_;         ///< eight a group
};

}  // namespace entrain
