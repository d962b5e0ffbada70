// What a performer does to a loop on its deck: mend its grid, set its markers, plan its going over to
// another.
#pragma once

#include <array>
#include <vector>

#include "control/stage/command_call.h"
#include "control/stage/edits.h"
#include "engine/core/records.h"

namespace entrain {

/// A loop whose grid is mended. Pure; the loop stays lawful, at its place in the sound.
Loop with_beats_times(Loop loop, double times);  ///< counted 2 or 0.5 times
Loop with_beat_zero_at(Loop loop, Beat at);      ///< its beat 0 where beat `at` was

/// Taps to a loop's beats.
class GridTaps {
 public:
  static constexpr std::size_t kTaps = 4;

  /// A tap at a position in the loop, in beats. With the fourth in a row, by how many beats the grid has to
  /// move: their mean distance to the nearest beat.
  std::optional<double> tap(const Loop* loop, double position, double seconds);

 private:
  const Loop* loop_ = nullptr;
  double last_ = 0;
  std::vector<double> apart_;  ///< beats from the nearest
};

/// Where the deck was, in beats of its loop, for what a hand did just now: `ahead` beats later than the
/// snapshot says.
double position_heard(const Snapshot& now, int deck, double ahead);

/// The edit that a mending or marking command means; for a tap that needs more of them, an Error that says
/// so. `position`: see position_heard(); `seconds`: when, for taps.
Result<Edit> deck_edit(const CommandCall& call, const Performance& latest, int rate, double position,
                       double seconds, std::array<GridTaps, kDecks>& taps);
bool mends_grid(CommandId id);

}  // namespace entrain
