// The atlas and the self-organising map of a library.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/analysis/pca.h"
#include "engine/analysis/symbols.h"
#include "engine/core/result.h"
#include "engine/library/library.h"

namespace entrain {

/// Where the sounds lie: as stored, if that still holds. New sounds find their place among the others, until
/// a third more are there than the map was made for, or a quarter is gone: then, and with `again`, everything
/// is laid out anew.
/// Stores what changed. Blocks (10,000 sounds: seconds).
Result<std::vector<MapPoint>> library_places(Library& library, std::span<const Card> cards,
                                             bool again = false);

/// The sounds on 32 x 16 cells by the levels of their pitch classes, and seed 2's symbol of each cell.
struct SoundMap {
  SymbolGrid symbols;
  std::vector<std::uint32_t> cell_of;  ///< y * width + x; one a sound
};
SoundMap sound_map(std::span<const Card> cards);

/// Keeps the map in the library, under the name "som".
Result<void> store_sound_map(Library& library, std::span<const Card> cards, const SoundMap& map);

/// {"width", "height", "symbols": rows of texts, "cells": [{"x", "y", "symbol", "sounds": [paths]}]}; cells
/// that hold sounds.
nlohmann::ordered_json sound_map_json(std::span<const Card> cards, const SoundMap& map);

/// Rows for a terminal; a dot where no sound lies. Below them what the symbols mean.
std::string sound_map_text(const SoundMap& map);
/// The same of one sound's grid, whose first row is printed last: high frequencies lie above.
std::string symbol_grid_text(const SymbolGrid& grid);

}  // namespace entrain
