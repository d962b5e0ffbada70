// From what the library knows of a sound to the loop that a deck plays.
#pragma once

#include <memory>

#include "engine/analysis/analysis.h"
#include "engine/core/loop.h"
#include "engine/core/result.h"

namespace entrain {

/// The loop in a sound: the span of loop_span(), its beats where they were found, at kLoopLufs (moved by 12
/// dB at most), with its onsets and kicks. `times` 2 or 0.5: its beats are counted twice or half as often.
/// The Error says why there is none. Pure.
Result<std::shared_ptr<const Loop>> library_loop(std::shared_ptr<const Asset> asset, int rate,
                                                 const Analysis& analysis, double times = 1);

/// How long the seam of a loop has to be, in frames. Out of the middle of a piece it always has one; a file
/// that is a loop by itself only where its ends do not meet: where they lie farther apart than what lies
/// beside them.
int seam_of(const Asset& asset, const std::vector<WarpPoint>& warp, int rate);

}  // namespace entrain
