// What a transition does to the decks and their strips in one quantum.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "engine/core/buses.h"
#include "engine/core/transition.h"

namespace entrain {

/// What is asked of a deck. A standing order: given anew in every quantum until it is done.
struct DeckOrder {
  struct Launch {
    Beat at, origin;  ///< the loop that is loaded by then plays from `at` on, its beat 0 at `origin`
  };
  std::optional<Launch> launch;
  std::optional<Beat> stop;
};

/// What is laid over a strip's controls, at the end of the quantum.
struct StripMove {
  float gain = 1;                            ///< linear, at the fader
  std::array<float, 3> bands{1, 1, 1};       ///< linear
  float sweep = 0;                           ///< added
  std::array<float, kSends.size()> sends{};  ///< linear, added
};

struct DeckMoves {
  std::array<DeckOrder, kDecks> orders;
  std::array<StripMove, kDecks> strips;
  std::array<float, 2> sides{1, 1};         ///< linear: the crossfader's A and B
  std::array<std::int8_t, kDecks> under{};  ///< each deck's foundation; -1: none
};

}  // namespace entrain
