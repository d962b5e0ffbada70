#include "engine/library/find/wheel.h"

#include <algorithm>

namespace entrain {

WheelStep wheel_step(Key from, Key to) {
  const auto major_root = [](Key key) { return key.minor ? key.root + 3 : key.root; };
  const int fifths = ((major_root(to) - major_root(from)) * 7 % 12 + 12) % 12;
  const int numbers = std::min(fifths, 12 - fifths);
  const bool letter = from.minor == to.minor;
  if (numbers == 0) return letter ? WheelStep::same : WheelStep::relative;
  if (numbers == 1) return letter ? WheelStep::neighbour : WheelStep::diagonal;
  return numbers == 2 && letter ? WheelStep::energy_boost : WheelStep::none;
}

std::string_view words_for(WheelStep step) {
  switch (step) {
    case WheelStep::same:
      return "the same key";
    case WheelStep::neighbour:
      return "neighbours on the wheel";
    case WheelStep::relative:
      return "relative keys";
    case WheelStep::diagonal:
      return "diagonal on the wheel";
    case WheelStep::energy_boost:
      return "two steps on the wheel, an energy boost";
    case WheelStep::none:
      break;
  }
  return "far apart on the wheel";
}

bool mixes(WheelStep step, bool diagonals) {
  return step == WheelStep::same || step == WheelStep::neighbour || step == WheelStep::relative ||
         (diagonals && step == WheelStep::diagonal);
}

}  // namespace entrain
