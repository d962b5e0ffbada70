// Transitions: how one deck hands over to another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/time.h"

namespace entrain {

inline constexpr int kDecks = 4;

/// What a transition moves on a deck. All are linear factors or positions, over what the performer has set.
enum class Lane : std::uint8_t { gain, low, mid, high, sweep, delay, reverb };
inline constexpr std::size_t kLanes = static_cast<std::size_t>(Lane::reverb) + 1;

/// "gain", "low"...
std::string_view name_of(Lane lane);

/// How one deck hands over to another: for each of the two and each lane a curve over the transition.
struct TransitionShape {
  struct Point {
    float part = 0;  ///< of the transition's length, 0 to 1, rising (equal: a step)
    float value =
        0;  ///< gain and bands: factor 0 to 4; sweep: added, -1 to 1; delay, reverb: level added, 0 to 1
  };
  using Curve =
      std::vector<Point>;  ///< in straight lines, level before the first and after the last; empty: untouched
  using Curves = std::array<Curve, kLanes>;
  std::string name;
  Curves out, in;  ///< of the deck that goes, of the one that comes

  /// The value of a lane that is left alone.
  static constexpr float neutral(Lane lane) {
    return lane == Lane::gain || lane == Lane::low || lane == Lane::mid || lane == Lane::high ? 1.0f : 0.0f;
  }
};
bool lawful(const TransitionShape& shape);

/// A handing over that is planned.
struct Transition {
  std::uint64_t id = 0;    ///< not 0; never reused within a jam
  int from = -1, to = -1;  ///< decks; -1: comes out of, or goes into, nothing. Not the same
  Beat at, length;         ///< length above 0
  Beat entry;              ///< where in its loop the coming deck begins
  std::shared_ptr<const TransitionShape> shape;
};
/// Its shape apart.
bool lawful(const Transition& transition);

}  // namespace entrain
