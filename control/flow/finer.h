// Stretching ahead of time: a loop brought to a tempo by Rubber Band's R3 engine, for mixes made offline.
#pragma once

#include <memory>

#include "engine/core/loop.h"

namespace entrain {

/// The loop as if it had been recorded `ratio` times as long: every beat, seam and onset where it was, in
/// beats. A deck that plays it at its new own tempo passes it through untouched, and bends by R2 only what is
/// left of a glide or of uneven beats. Each call builds a stretcher of its own, so the same loop gives the
/// same samples. A loop that fills its file is stretched as one that goes round. `ratio` is brought to
/// between a half and 2; at 1 the same loop comes back. Allocates; offline only; any thread.
std::shared_ptr<const Loop> stretched_finer(std::shared_ptr<const Loop> loop, int rate, double ratio);

}  // namespace entrain
