// The decks: four loops, each locked to the beat, launched on the grid, looping.
#pragma once

#include <array>

#include "engine/core/context.h"
#include "engine/units/dsp/deck.h"

namespace entrain {

/// What may be bent at once: loops are stretched by 1/4 to 4, so the loop's tempo over the beat's, times
/// 2^(pitch/12), has to lie within. At no change of pitch a loop of 120 BPM follows from 30 to 480 BPM; an
/// octave up from 60, an octave down to 240.
class Decks {
 public:
  enum Control : std::uint8_t { play, pitch, nudge, jump, marker, slip, once, under, lock, count };
  static constexpr int instances = kDecks;
  static constexpr Place place = Place::source;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {play,   "/deck/#/play",   Kind::toggle,       0,    1,  0, Unit::none,         Curve::linear,  0, kPrepared | kChat,
       "Launches the deck's loop from its first beat, or stops it; quantise it to the bar."},
      {pitch,  "/deck/#/pitch",  Kind::continuous, -12,   12,  0, Unit::semitones,    Curve::linear, 20, kRecallSafe | kModulatable,
       "Moves the loop's pitch and leaves its tempo to the beat."},
      {nudge,  "/deck/#/nudge",  Kind::continuous, -100, 100,  0, Unit::milliseconds, Curve::linear, 50, kModulatable,
       "Plays the loop so much ahead of the beat, or behind it below 0."},
      {jump,   "/deck/#/jump",   Kind::trigger,    -128, 128,  4, Unit::none,         Curve::linear,  0, kPrepared | kOnBeat,
       "Jumps so many beats forward in the loop, or back below 0; any part of a beat will do."},
      {marker, "/deck/#/marker", Kind::trigger,       1, kMarkers, 1, Unit::none,     Curve::linear,  0, kPrepared | kOnBeat,
       "Jumps to one of the loop's eight markers."},
      {slip,   "/deck/#/slip",   Kind::toggle,        0,   1,  0, Unit::none,         Curve::linear,  0, kPlain,
       "Jumps are for a while: off again, the loop goes on where it would be without them, at the next beat."},
      {once,   "/deck/#/once",   Kind::toggle,        0,   1,  0, Unit::none,         Curve::linear,  0, kRecallSafe,
       "Plays the loop to its end and stops, instead of round and round."},
      {under,  "/deck/#/under",  Kind::choice,        0, kDecks, 0, Unit::none,       Curve::linear,  0, kRecallSafe,
       "The deck under which this one is a layer: its foundation, for groove lock and ducking; 0 for none."},
      {lock,   "/deck/#/lock",   Kind::continuous,    0,   1,  0, Unit::none,         Curve::linear, 50, kRecallSafe | kModulatable,
       "Groove lock: how far the layer's onsets move onto the kicks of its foundation."},
      // clang-format on
  }};

  void prepare(int rate);
  void reset();
  void announce(const Announcement& announcement, Controls controls);
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;
  /// Frames a launch must be known beforehand.
  int lead(int rate) const;

 private:
  DeckSetting setting(int deck, const Context& context, const Controls& controls) const;

  std::array<Deck, kDecks> decks_;
  bool was_rolling_ = false;
};

}  // namespace entrain
