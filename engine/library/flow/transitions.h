// How one loop goes over into the next, from what both are made of.
#pragma once

#include <optional>
#include <string>

#include "engine/library/card.h"
#include "engine/library/find/wheel.h"
#include "engine/library/flow/flow_words.h"

namespace entrain {

/// The part of a sound's energy that lies below 150 Hz, 0 to 1: where kicks and basses fight (Owsinski: The
/// Mixing Engineer's Handbook, 2017, puts the bass at 60 to 250 Hz, the sub-bass below). Read between the
/// frequencies below which 25, 50, 85 and 95 % of it lie (descriptor::kShape). Silence has none.
double low_share(const Card& card);

/// How far both fill the lows, 0 to 1: as far as the one that does so less.
double low_clash(double one, double other);

/// What is known of the two when a transition is chosen.
struct Meeting {
  double low_clash = 0;
  std::optional<WheelStep> key_step;     ///< none: it says nothing
  bool sure_key = false;                 ///< whether both keys are sure
  double energy = 0, energy_before = 0;  ///< 0 to 10
  double onsets = 0, onsets_before = 0;  ///< a second
  double bars = 16, bars_before = 16;    ///< how long each plays
  double usual_bars = 8;                 ///< FlowSettings::transition_bars
};

struct ChosenTransition {
  FlowTransition transition;
  std::string why;  ///< "bass swap over 8 bars: both fill the lows"
};

/// The first that holds:
///   cut          energy rises by 3 steps or more: a drop, on the beat
///   echo out     energy falls by 3 or more, or the keys surely clash: a quarter of the usual length
///   blend        both are calm (energy to 3.5, to 2 onsets a second): twice the usual length
///   bass swap    both fill the lows: 0.3 or more of each
///   filter       the keys mix only so-so (a diagonal, a whole tone): half the usual length
///   blend
/// Lengths are powers of two, from a quarter beat to 32 bars, at most half of what either loop plays. Pure.
ChosenTransition choose_transition(const Meeting& meeting);

/// The longest length that is allowed where the loops play so long: a power of two.
double transition_length(double wanted, double bars, double bars_before);

/// "a quarter beat", "2 beats", "1 bar", "8 bars"; of bars of four.
std::string bars_text(double bars);

}  // namespace entrain
