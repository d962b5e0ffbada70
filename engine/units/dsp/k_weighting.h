// The filter through which loudness is measured.
#pragma once

namespace entrain {

/// y = b0 x + s1; s1 = b1 x - a1 y + s2; s2 = b2 x - a2 y.
struct Biquad {
  double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
};

/// ITU-R BS.1770-4, annex 1: a high shelf, then a high pass whose b are 1, -2, 1. The analogue prototypes of
/// the coefficients that it prints for 48 kHz, for any `rate` (as libebur128 has them too).
struct KWeighting {
  Biquad shelf, high;

  explicit KWeighting(int rate);
};

}  // namespace entrain
