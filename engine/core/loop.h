// A loop: a sound, where its beats fall in it, and what else the decks need to know of it.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/asset.h"
#include "engine/core/time.h"

namespace entrain {

/// Piecewise linear from beats to source frames. Two points make a loop of one tempo.
struct WarpPoint {
  Beat beat;
  double source = 0;
};

inline constexpr int kMarkers = 8;

struct Loop {
  std::shared_ptr<const Asset> asset;
  std::vector<WarpPoint> warp;  ///< at least two, both columns strictly rising, first at Beat(0)
  Beat one;                     ///< where in the map the loop's beat 0 lies, in [0, length)
  int seam = 0;                 ///< frames, less than it has: so long before each end it goes over into what lies before its beginning
  float gain = 1;               ///< linear, 0 to 16: brings it to the level at which loops meet
  // Where its sounds begin, rising, in [0, length); what groove lock moves, and moves it to.
  std::vector<Beat> onsets;
  std::vector<Beat> kicks;                            ///< at least kKickGap apart, round the loop too
  std::array<std::optional<Beat>, kMarkers> markers;  ///< in [0, length)

  static constexpr Beat kKickGap{Beat::kPerBeat / 4};

  Beat length() const { return warp.back().beat; }
  double source_length() const { return warp.back().source - warp.front().source; }
  /// Source frame at a position in beats, unrolled over repeats of the loop.
  double source_at(double beats) const;
  /// The position in beats, [0, length), at which a source frame of the loop plays.
  double beats_at(double source) const;
};
/// Whether a loop keeps to the ranges above, and within the `frames` of its asset.
bool lawful(const Loop& loop, std::int64_t frames);

}  // namespace entrain
