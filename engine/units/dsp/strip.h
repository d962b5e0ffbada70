// A fader at work: scales a bus by a gain in decibels that moves through the quantum.
#pragma once

#include "engine/core/buses.h"
#include "engine/core/kernels.h"
#include "engine/core/parameters.h"
#include "engine/units/dsp/maths.h"

namespace entrain {

/// Realtime-safe. A still 0 dB leaves the signal bit for bit.
inline void apply_fader(Buses& buses, Bus bus, int instance, Ramp decibels, const Kernels& kernels) {
  if (decibels.still() && decibels.to == 0.0f) return;
  const auto from = static_cast<float>(amplitude(decibels.from));
  const auto step = static_cast<float>((amplitude(decibels.to) - from) / kQuantum);
  kernels.scale_ramped(buses.left(bus, instance), from, step, kQuantum);
  kernels.scale_ramped(buses.right(bus, instance), from, step, kQuantum);
}

}  // namespace entrain
