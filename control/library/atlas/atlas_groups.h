// What the colours of the atlas stand for.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "control/library/atlas/atlas_plan.h"
#include "engine/library/card.h"

namespace entrain {

enum class AtlasColours {
  kind,     ///< the class of a hit; loops; the rest
  key,      ///< round the circle of fifths, minor darker
  tempo,    ///< slow dark, fast light
  folder,   ///< the largest folders
  cluster,  ///< groups that lie together on the map
};

struct AtlasGroups {
  std::vector<AtlasGroup> groups;
  std::vector<std::size_t> of;  ///< one a sound
};

/// `map` holds a place for each card. Pure.
AtlasGroups group_cards(std::span<const Card> cards, std::span<const MapPoint> map, AtlasColours colours);

}  // namespace entrain
