// Ways to make and change patterns: what a groove box has keys for. Pure functions; not realtime-safe.
#pragma once

#include <cstdint>

#include "engine/core/pattern.h"

namespace entrain {

/// `hits` spread over `steps` as evenly as whole steps allow, the first hit `rotation` steps from the
/// beginning (Toussaint: The Euclidean algorithm generates traditional musical rhythms, 2005). 0 <= hits <=
/// steps. Speed, direction and chain stay as they are.
Pattern euclidean(Pattern pattern, int hits, int steps, int rotation);
/// Moves every step later by `by`, round the end; negative: earlier.
Pattern rotated(Pattern pattern, int by);
/// Strays from the grid and from even velocity, written into the steps: by `amount` (0 to 1) of a quarter of
/// a step and half the velocity at most. The same seed strays the same way.
Pattern varied(Pattern pattern, double amount, std::uint64_t seed);
/// Cut, or lengthened by rests.
Pattern resized(Pattern pattern, int steps);

}  // namespace entrain
