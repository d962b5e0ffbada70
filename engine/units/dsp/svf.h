// A state-variable filter in topology-preserving form: two poles, stereo, stable however its coefficients
// move.
#pragma once

#include "engine/units/dsp/maths.h"

namespace entrain {

/// Left and right in one register; the upper two lanes stay 0. (GCC and Clang vectors: IEEE arithmetic per
/// lane, so the same bits at every instruction-set level.)
using Stereo = float __attribute__((vector_size(16)));
inline Stereo stereo(float left, float right) { return Stereo{left, right, 0, 0}; }

/// Coefficients of Svf. Source: A. Simper, "Linear Trapezoidal Integrated SVF" (Cytomic, 2013); V.
/// Zavalishin, "The Art of VA Filter Design", 4.
struct SvfShape {
  float k = 1.41421356f, a1 = 1, a2 = 0, a3 = 0;

  /// `g`: tangent(pi f / rate); `damping`: 1/Q, above 0.
  static SvfShape of(double g, double damping) {
    const double a1 = 1 / (1 + g * (g + damping));
    return {static_cast<float>(damping), static_cast<float>(a1), static_cast<float>(g * a1),
            static_cast<float>(g * g * a1)};
  }
  /// No resonance, no bump: 1/Q = sqrt(2).
  static SvfShape butterworth(double hertz, int rate) {
    return of(tangent(kPi * hertz / rate), 1.41421356237309504880);
  }
};

struct Svf {
  Stereo s1{}, s2{};

  struct Outs {
    Stereo band, low;  ///< high = x - k * band - low; allpass = x - 2 k * band
  };
  Outs tick(Stereo x, const SvfShape& shape) {
    const Stereo v3 = x - s2;
    const Stereo band = shape.a1 * s1 + shape.a2 * v3;
    const Stereo low = s2 + shape.a2 * s1 + shape.a3 * v3;
    s1 = 2 * band - s1;
    s2 = 2 * low - s2;
    return {band, low};
  }
};

}  // namespace entrain
