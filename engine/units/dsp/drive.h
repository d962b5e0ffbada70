// Drive: a soft saturation, oversampled, without latency.
#pragma once

#include "engine/units/dsp/fade.h"
#include "engine/units/dsp/svf.h"

namespace entrain {

/// y = u / sqrt(1 + u^2) of the signal raised by up to 24 dB, levelled so that a sine at -12 dBFS keeps its
/// peak. Twofold oversampling by minimum-phase halfband filters (two branches of four allpasses, 69 dB) and
/// first-order antiderivative antialiasing, for which this curve has a closed form without a singularity:
/// (F(u1) - F(u0)) / (u1 - u0) = (u1 + u0) / (F(u1) + F(u0)), F(u) = sqrt(1 + u^2).
/// Sources: J. Parker et al., "Reducing the aliasing of nonlinear waveshaping using continuous-time
/// convolution" (DAFx 2016); halfband coefficients of O. Niemitalo's "Polyphase half-band filters"
/// (musicdsp.org 39). At 0 dB it fades out of the path in 20 ms: bit for bit the input.
class Drive {
 public:
  void prepare(int rate);
  void reset();
  /// In place on kQuantum frames; `decibels` 0..24. True while at work.
  bool process(float* left, float* right, float decibels, bool sounds);
  void clear();

 private:
  static constexpr int kStages = 4;
  /// Lanes: left through branch a, left through b, right through a, right through b.
  using Lanes = float __attribute__((vector_size(16)));
  struct Halfband {
    Lanes in[kStages]{}, out[kStages]{};
    Lanes tick(Lanes x);
  };

  Halfband up_, down_;
  Lanes before_{}, root_before_{1, 1, 1, 1};  ///< of the curve: the last u and F(u), in lanes b
  Lanes odd_{};                               ///< what came out at odd times, waiting for its branch
  float gain_ = 1, level_ = 1;
  Amplitude amplitude_;
  Fade engaged_;
};

}  // namespace entrain
