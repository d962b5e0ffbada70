// The space the atlas is a map of: descriptors, made comparable.
#pragma once

#include <span>

#include "engine/analysis/cluster.h"
#include "engine/analysis/descriptors.h"

namespace entrain {

/// All 208 descriptors, each in standard deviations over the sounds the space was made for (3 at most); every
/// block weighs the same, however many values it has. Euclidean distances tell likeness. Descriptors do not
/// depend on loudness, so neither does the map; they look at the first 1.5 s, so a loop lies where it begins.
class AtlasSpace {
 public:
  explicit AtlasSpace(std::span<const Descriptors> sounds);

  /// Of any sounds, those of later too. Pure; finite for finite descriptors; any thread.
  Points operator()(std::span<const Descriptors> sounds) const;

 private:
  Descriptors mean_{}, scale_{};
};

}  // namespace entrain
