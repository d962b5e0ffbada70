// How loud the lows of a signal are: what side-chains take for kicks.
#pragma once

#include <algorithm>
#include <cmath>

#include "engine/core/time.h"
#include "engine/units/dsp/svf.h"

namespace entrain {

/// Two poles at 150 Hz. Realtime-safe after prepare().
class LowPeak {
 public:
  static constexpr double kCorner = 150;

  void prepare(int rate) {
    shape_ = SvfShape::butterworth(kCorner, rate);
    reset();
  }
  void reset() { filter_ = {}; }
  /// The highest magnitude of a quantum.
  float of(const float* left, const float* right) {
    float peak = 0;
    for (int i = 0; i < kQuantum; ++i) {
      const Stereo low = filter_.tick(stereo(left[i], right[i]), shape_).low;
      peak = std::max({peak, std::abs(low[0]), std::abs(low[1])});
    }
    return peak;
  }

 private:
  SvfShape shape_;
  Svf filter_;
};

}  // namespace entrain
