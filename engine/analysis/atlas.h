// The atlas: points of many coordinates laid out on a plane, so that neighbours stay neighbours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/analysis/cluster.h"
#include "engine/analysis/pca.h"

namespace entrain {

struct AtlasOptions {
  int neighbours = 15;     ///< of each point, from 1; more show more of the whole, fewer more of the parts
  double min_dist = 0.1;   ///< how close points may lie, 0 to 1, where 1 is how far apart neighbours may be
  int epochs = 0;          ///< 0: as many as the number of points asks for
  std::uint64_t seed = 0;  ///< of the draws
};

/// UMAP (McInnes, Healy and Melville 2018): exact nearest neighbours, smoothed memberships, their fuzzy
/// union, and a layout by stochastic gradient descent that starts at the two principal components. Every draw
/// is a hash: the same points in the same order make the same map, whatever the machine. The map is centred,
/// its longer axis lies level. Any number of points, coinciding ones too, gets finite places: none nothing,
/// one the middle. Pure; not realtime-safe; any thread.
std::vector<MapPoint> atlas(const Points& points, const AtlasOptions& options = {});

/// Where new points go on a map that is to stay as it is: to the mean of their nearest neighbours in `mapped`
/// (whose places are `map`), weighted by membership; on top of points with which they coincide. An empty map
/// gives the middle.
std::vector<MapPoint> place_in(const Points& mapped, std::span<const MapPoint> map, const Points& fresh,
                               int neighbours = 15);

/// How far neighbours on the map are neighbours in truth, 0 to 1 (Venna and Kaski 2001): 1 where the `k`
/// nearest of each point on the map are also its nearest among `points`; chance gives about 0.5. Takes
/// fewer than half the points as neighbours at most; of fewer than 4 points: 1.
double trustworthiness(const Points& points, std::span<const MapPoint> map, int k = 15);

}  // namespace entrain
