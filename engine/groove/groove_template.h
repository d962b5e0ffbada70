// The feel of something played, as a template that any track can follow.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/performance.h"
#include "engine/groove/midi_file.h"

namespace entrain {

/// A hit of a player: where it fell, in beats from a bar's beginning on, and how hard.
struct PlayedHit {
  double beat = 0;    ///< 0 and up
  double weight = 1;  ///< above 0
};

/// How far, on average, the hits nearest to each sixteenth of a bar lie off it, the harder ones counting
/// more, and how hard they are beside all others. A sixteenth that nobody plays is straight and as hard as
/// any. A sixteenth strays by half of itself at most: eighths swung further than 62 % count as its
/// neighbour's. Without hits: nothing. `beats_per_bar`: 1 to 16.
std::optional<Groove> groove_of(std::string name, std::span<const PlayedHit> hits, int beats_per_bar);

/// The hits of a MIDI file: its drums', or everybody's where it has none. Notes of a hundredth of a beat are
/// one hit, as hard as its hardest.
std::vector<PlayedHit> hits_of(const MidiFile& file);
/// The onsets of a loop at `rate`, on the beats of its warp map.
std::vector<PlayedHit> hits_of(const Loop& loop, int rate);

}  // namespace entrain
