// What the commands on a track mean: from a call to the edit it makes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "control/stage/command_call.h"
#include "control/stage/edits.h"
#include "engine/core/records.h"

namespace entrain {

/// What each step of the pattern that plays drew last, gathered from what was heard. One thread.
class DrawnSteps {
 public:
  void hear(const Report& report);
  /// Freezes what is known of a pattern into sample locks; nothing known: as it was.
  Pattern printed(Pattern pattern, int track, int slot) const;

 private:
  struct Drawn {
    int slot = -1;
    std::vector<std::int16_t> samples;  ///< by position; -1: not heard yet
  };
  std::array<Drawn, kTracks> drawn_;
};

/// `slot`: "A" to "H", or 1 to 8, from 0. The Error names them.
Result<int> slot_named(const std::string& text);

/// The edit of a call on a track (CommandId::track_pattern to track_print). `latest` is what it is an edit
/// of, `playing` the slot that plays there. The Error says what the call lacks.
Result<Edit> track_edit(const CommandCall& call, const Performance& latest, int playing,
                        const DrawnSteps& drawn);

}  // namespace entrain
