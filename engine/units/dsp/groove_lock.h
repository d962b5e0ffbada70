// Groove lock: a layer's onsets fall on its foundation's kicks.
#pragma once

#include "engine/core/loop.h"

namespace entrain {

/// Two loops as they play: where the beat 0 of each lies.
struct LockedPair {
  const Loop* layer = nullptr;
  double layer_origin = 0;  ///< beats
  const Loop* foundation = nullptr;
  double foundation_origin = 0;
};

/// Onset and kick are taken for the same when they lie no farther apart than this: 40 ms at 120 BPM. What
/// lies farther from every kick was meant to.
inline constexpr double kLockReach = 0.08;  // beats

/// How many beats further on, or back, the layer is to be read at `beat`, so that its onsets sound together
/// with the kicks they belong to; in straight lines between these, and none from a beat away from any.
/// Its size never exceeds kLockReach and the reading never turns back. 0 where either loop has no onsets.
/// Bounded work; realtime-safe.
double lock_shift(double beat, const LockedPair& pair);

}  // namespace entrain
