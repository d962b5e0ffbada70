// The layout of UMAP: points that belong together attract, others push each other away.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/analysis/atlas_graph.h"
#include "engine/analysis/pca.h"

namespace entrain {

/// x to a fixed power, by tables: within 4e-6 of the true value's size for exponents from 0 to 2.
class Power {
 public:
  explicit Power(double exponent);

  float operator()(float x) const;  ///< x: above 0 and normal, below 2^64; else 2^-64 or 2^64 stands for it

 private:
  static constexpr int kBits = 8, kOctaves = 64;
  std::array<float, 2 * kOctaves> octaves_;
  std::array<float, (1 << kBits) + 1> mantissas_;
};

/// Stochastic gradient descent over the cross entropy of graph and map (UMAP, algorithm 5): each edge is
/// drawn as often as its weight says, each time with five points to push away, at a rate that falls from 1 to
/// 0. `map` is where points start, at a scale of about 10.
void lay_out(std::vector<MapPoint>& map, const std::vector<AtlasEdge>& edges, AtlasCurve curve, int epochs,
             std::uint64_t seed);

}  // namespace entrain
