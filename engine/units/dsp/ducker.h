// The side-chain: a gain that steps back when a level comes up.
#pragma once

#include "engine/core/time.h"
#include "engine/units/dsp/maths.h"

namespace entrain {

/// Follows the peaks of a source, quantum by quantum (0.7 ms at 48 kHz): towards min(1, 4 peak) with the
/// attack's time constant while that is above it, back with the release's. The gain is -depth dB times that,
/// exactly 1 at rest. A quantum's peak counts from its first frame, so the group gives way up to a quantum
/// before the hit.
class Ducker {
 public:
  void prepare(int rate) {
    quantum_ms_ = 1000.0 * kQuantum / rate;
    reset();
  }
  void reset() { envelope_ = 0; }
  /// The gain at the end of this quantum. Realtime-safe.
  float next(float peak, float depth, float attack_ms, float release_ms) {
    const double wanted = peak < 0.25f ? 4.0 * static_cast<double>(peak) : 1.0;
    const double ms = wanted > envelope_ ? attack_ms : release_ms;
    if (wanted != envelope_)
      envelope_ = wanted + (envelope_ - wanted) * exp2_exact(-1.4426950408889634 * quantum_ms_ / ms);
    if (wanted == 0 && envelope_ < 1e-4) envelope_ = 0;
    return envelope_ == 0 || depth == 0
               ? 1.0f
               : static_cast<float>(exp2_exact(-0.16609640474436811739 * depth * envelope_));
  }

 private:
  double quantum_ms_ = 1, envelope_ = 0;
};

}  // namespace entrain
