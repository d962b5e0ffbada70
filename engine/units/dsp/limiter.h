// A stereo look-ahead limiter for true peaks. Its output never exceeds the ceiling.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/kernels.h"
#include "engine/core/time.h"

namespace entrain {

/// Gain = the moving average of the lowest gain needed in the window, so it arrives before the peak without a
/// corner; it recovers exponentially. Peaks between samples are found by 8x oversampling, up to
/// 0.1 dB. Below the ceiling the signal is only delayed, bit for bit.
class Limiter {
 public:
  void prepare(int rate);
  void reset();
  /// Works in place on kQuantum frames; the output is `latency()` frames late. `ceiling` is linear, above 0.
  /// Realtime-safe, bounded.
  void process(float* left, float* right, float ceiling, const Kernels& kernels);

  int latency() const { return delay_; }
  /// The lowest gain of the last quantum, 0..1.
  float lowest_gain() const { return lowest_gain_; }
  /// The highest true peak that came out, linear, since the reset: what was found coming in, times its gain.
  float true_peak_out() const { return true_peak_out_; }

 private:
  /// Gains are whole numbers of 2^-40, so that the running sum is exact and full scale is exactly 1.
  using Gain = std::int64_t;
  static constexpr Gain kUnity = Gain{1} << 40;
  /// Peaks can hide between the eight points, and between long and short filters: headroom kept for them.
  static constexpr float kMargin = 0.982f;

  struct Side {
    std::vector<float> in;     ///< kPeakHistory past samples, then the quantum
    std::vector<float> delayed;  ///< delay_ past samples, then the quantum
  };
  void detect(const float* left, const float* right, const Kernels& kernels);
  void meter(float peak, float gain);
  Gain lowest_needed(Gain newest);
  float next_gain(Gain needed);

  float taps_[kPeakPhases][kPeakTaps] = {};
  int average_ = 0, window_ = 0, delay_ = 0;
  double release_ = 0;
  Side sides_[2];
  float peaks_[kQuantum] = {};
  // The minimum over the window: candidates in rising order, as (gain, index) in a ring.
  struct Candidate {
    Gain gain;
    std::int64_t index;
  };
  std::vector<Candidate> candidates_;
  int first_ = 0, held_ = 0;
  std::int64_t index_ = 0;
  // The peaks on their way from where they are found to where they come out.
  std::vector<float> passing_;
  int passing_at_ = 0;
  float gain_before_ = 1;
  // The moving average.
  std::vector<Gain> smoothed_;
  int at_ = 0;
  Gain sum_ = 0, recovering_ = kUnity;
  float lowest_gain_ = 1, true_peak_out_ = 0;
};

}  // namespace entrain
