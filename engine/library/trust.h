// What of an analysis is sure enough to be played by without asking.
#pragma once

#include "engine/library/card.h"

namespace entrain {

/// Least confidence in a tempo that a flow may be planned by: of the loops of mixed collections whose tempo
/// is at least so sure, 97 in 100 lie within 4 % of the label.
inline constexpr float kTrustedTempo = 0.6f;
inline constexpr float kTrustedDownbeat = 0.3f;

/// Its tempo, beats and downbeat may be relied on.
inline bool trusted(const Card& card) {
  return card.bpm > 0 && card.bpm_confidence >= kTrustedTempo && card.downbeat_confidence >= kTrustedDownbeat;
}

/// It has a tempo, but a person should look at it first.
inline bool needs_check(const Card& card) { return card.bpm > 0 && !trusted(card); }

}  // namespace entrain
