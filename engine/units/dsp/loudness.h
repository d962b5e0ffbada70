// Short-term loudness as EBU R128 asks: K-weighted energy of the last three seconds.
#pragma once

#include <array>

#include "engine/core/time.h"
#include "engine/units/dsp/maths.h"

namespace entrain {

/// ITU-R BS.1770-4 for stereo: a high shelf and a high pass (its annex 1, for any rate by their analogue
/// prototypes), mean square, -0.691 + 10 log10. Sums of 100 ms, renewed ten times a second (EBU Tech 3341).
class LoudnessMeter {
 public:
  static constexpr float kSilent = -120;  ///< shown for everything below, in LUFS

  void prepare(int rate);
  void reset();
  /// kQuantum frames. Realtime-safe.
  void measure(const float* left, const float* right);
  /// LUFS over the last 3 s, as if silence had gone before the start. Realtime-safe.
  float short_term() const;

 private:
  static constexpr int kBlocks = 30;
  struct Biquad {
    double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
  };
  struct State {
    double s1 = 0, s2 = 0;
  };
  Biquad shelf_, high_;
  std::array<std::array<State, 2>, 2> states_{};  ///< of each side: shelf, high pass
  std::array<double, kBlocks> blocks_{};
  int block_frames_ = 4800, filled_ = 0, at_ = 0;
  double sum_ = 0;
};

}  // namespace entrain
