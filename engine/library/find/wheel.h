// The Camelot wheel: which keys mix.
#pragma once

#include <string_view>

#include "engine/analysis/key.h"

namespace entrain {

/// How one gets from a key to another on the wheel of twelve numbers (a fifth apart) and two letters.
enum class WheelStep {
  same,          ///< 8A to 8A
  neighbour,     ///< 8A to 7A, 9A: a fifth
  relative,      ///< 8A to 8B: the same notes
  diagonal,      ///< 8A to 7B, 9B; people disagree whether these mix
  energy_boost,  ///< 8A to 10A, 6A: a whole tone
  none,
};

/// The same in both directions. Keys have roots 0 to 11. Pure.
WheelStep wheel_step(Key from, Key to);

/// "neighbours on the wheel"...
std::string_view words_for(WheelStep step);

/// Whether keys a step apart are called compatible: same, neighbour, relative, and diagonal where asked.
bool mixes(WheelStep step, bool diagonals);

}  // namespace entrain
