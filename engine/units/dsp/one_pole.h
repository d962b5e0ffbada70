// One-pole filters in topology-preserving form. Source: V. Zavalishin, "The Art of VA Filter Design", 3.
#pragma once

#include "engine/units/dsp/maths.h"

namespace entrain {

struct OnePole {
  float s = 0;
  /// g / (1 + g) of g = tangent(pi f / rate).
  static float shape(double hertz, int rate) {
    const double g = tangent(kPi * (hertz < 0.45 * rate ? hertz : 0.45 * rate) / rate);
    return static_cast<float>(g / (1 + g));
  }
  /// The low pass; what it leaves of x is the high pass.
  float low(float x, float shape) {
    const float v = (x - s) * shape, y = v + s;
    s = y + v;
    return y;
  }
};

}  // namespace entrain
