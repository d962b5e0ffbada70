// The one-knob filter: a low pass to the left of the middle, a high pass to the right, nothing in it.
#pragma once

#include "engine/core/parameters.h"
#include "engine/units/dsp/svf.h"

namespace entrain {

/// TPT, 12 dB per octave. Low pass from 20 kHz down to 30 Hz, high pass from 20 Hz up to 12 kHz, both even in
/// octaves along the knob; near the middle it blends in, so that the middle is bit for bit the input. Zero
/// latency.
class Sweep {
 public:
  void prepare(int rate);
  void reset();
  /// In place on kQuantum frames. `knob` -1..1, `resonance` 0..1 (Q from 0.7 to 12). True while at work.
  bool process(float* left, float* right, float knob, float resonance, bool sounds);
  void clear() { filter_ = {}; }

 private:
  struct Setting {
    float wet = 0;  ///< 0..1
    double g = 0, damping = 1.41421356237309504880;
  };
  Setting setting(float knob, float resonance) const;

  int rate_ = 48'000;
  Svf filter_;
  float knob_ = 0, resonance_ = 0;
  Setting at_;  ///< of knob_ and resonance_
};

}  // namespace entrain
