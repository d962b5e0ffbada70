// Whether a sound can lie over a loop that plays.
#pragma once

#include <string>
#include <vector>

#include "engine/library/card.h"
#include "engine/library/find/compatibility.h"

namespace entrain {

struct LayerFit {
  bool fits = true;
  double count = 1;                  ///< 0.5, 1 or 2: beats of the music's to each of its own
  std::vector<std::string> reasons;  ///< what speaks for it, or, where it does not fit, against it
};

/// Quieter than so many LUFS a sound cannot be raised to the level at which loops meet without its noise.
inline constexpr double kQuietestLayer = -36;

/// A layer has the tempo of the music (within the limit of the weights, half and double counted) or none, a
/// key that mixes with the foundation's or none that is sure, and can be brought to its level. Pure.
LayerFit layer_fit(const Card& foundation, double tempo, const Card& layer,
                   const CompatibilityWeights& weights = {});

}  // namespace entrain
