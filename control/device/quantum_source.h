// What a clock drives: the engine, seen from the device as quanta of 32 frames on four channels.
#pragma once

#include "engine/core/time.h"

namespace entrain {

/// Renders the next quantum. Called by exactly one thread at a time, whichever clock drives just then.
struct QuantumSource {
  static constexpr int frames = kQuantum;
  static constexpr int channels = 4;  ///< 0, 1: master left, right; 2, 3: cue left, right

  virtual ~QuantumSource() = default;

  /// Writes `frames` samples to each of the `channels` pointers in `out`. Realtime-safe.
  virtual void render(float* const* out) noexcept = 0;
  /// Whether the last quantum's cue is to be heard in the master's place on a device of two outputs. As render().
  virtual bool split() const noexcept { return false; }
};

}  // namespace entrain
