// The fuzzy graph of UMAP: how much points belong together, and the curve that the map is to follow.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/analysis/neighbours.h"

namespace entrain {

/// How far each point counts its neighbours in, 0 to 1, in the order of `neighbours`: 1 for the nearest that
/// does not coincide with it and all that lie nearer, falling exponentially beyond, so that the sum is log2
/// of their number (UMAP, algorithm 3).
std::vector<float> memberships(const Neighbours& neighbours);

struct AtlasEdge {
  std::uint32_t a = 0, b = 0;
  float weight = 0;  ///< above 0, at most 1
};

/// Both views of every pair as one: p + q - p q (UMAP, algorithm 1). Each pair once; in the order of the
/// points.
std::vector<AtlasEdge> fuzzy_union(const Neighbours& neighbours, const std::vector<float>& membership);

/// 1 / (1 + a d^(2 b)): the membership that a distance on the map stands for.
struct AtlasCurve {
  double a = 1, b = 1;
};

/// The curve nearest (least squares, Levenberg and Marquardt) to one that is 1 up to `min_dist` and falls as
/// exp(min_dist - d) beyond.
AtlasCurve atlas_curve(double min_dist);

}  // namespace entrain
