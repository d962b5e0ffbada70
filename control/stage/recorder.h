// The recorder: writes what is played by hand into the patterns that play. Pure logic, one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>

#include "control/stage/edits.h"
#include "engine/core/records.h"

namespace entrain {

class Recorder {
 public:
  enum class Mode : std::uint8_t { off, overdub, replace };
  struct Settings {
    Mode mode = Mode::off;
    double quantise = 1;  ///< /record/quantise
    Beat late;            ///< how much later than heard a hit by hand arrives
    std::array<bool, kTracks> erase{};
  };
  struct Take {
    SetStep edit;
    Beat boundary;      ///< where it may come into effect without the hit sounding twice
    std::int64_t pass;  ///< which round of the pattern: what one undo takes back
  };

  /// What a hit leads to. `latest` is what the edit will be an edit of; `now` the present settings.
  std::optional<Take> hear(const Report& report, const Performance& latest, const Settings& now);

 private:
  std::optional<Take> write(const Report& report, const Pattern& pattern, const Settings& now);
  std::optional<Take> clear(const Report& report, const Pattern& pattern, const Settings& now);

  struct Pass {
    std::int64_t number = -1;
    std::set<int> written;  ///< steps
  };
  std::array<Pass, kTracks> passes_;  ///< the last one with a hit by hand
};

}  // namespace entrain
