// The loops of kernels.h, included by one source file per instruction-set level, each with its own compiler
// flags and ENTRAIN_ISA. Plain loops only: an inline library function compiled here for a wide level could
// replace its baseline copy when linking.
#include "engine/core/kernels.h"

namespace entrain {
namespace {

void add(float* __restrict to, const float* __restrict from, int n) {
  for (int i = 0; i < n; ++i) to[i] += from[i];
}

void add_ramped(float* __restrict to, const float* __restrict from, float gain, float step, int n) {
  for (int i = 0; i < n; ++i) to[i] += from[i] * (gain + step * static_cast<float>(i + 1));
}

void scale_ramped(float* x, float gain, float step, int n) {
  for (int i = 0; i < n; ++i) x[i] *= gain + step * static_cast<float>(i + 1);
}

Level level(const float* x, int n) {
  float peak = 0, sum = 0;
  for (int i = 0; i < n; ++i) {
    const float magnitude = x[i] < 0 ? -x[i] : x[i];
    peak = magnitude > peak ? magnitude : peak;
    sum += x[i] * x[i];
  }
  return {peak, sum};
}

void true_peak(const float* x, const float (*taps)[kPeakTaps], float* __restrict peak, int n) {
  constexpr int kBlock = 32;  // as many sums as the registers of any level hold
  for (int phase = 0; phase < kPeakPhases; ++phase) {
    int i = 0;
    for (; i + kBlock <= n; i += kBlock) {
      float y[kBlock] = {};
      for (int k = 0; k < kPeakTaps; ++k)
        for (int b = 0; b < kBlock; ++b) y[b] += taps[phase][k] * x[i + b - k];
      for (int b = 0; b < kBlock; ++b) {
        const float magnitude = y[b] < 0 ? -y[b] : y[b];
        peak[i + b] = magnitude > peak[i + b] ? magnitude : peak[i + b];
      }
    }
    for (; i < n; ++i) {
      float y = 0;
      for (int k = 0; k < kPeakTaps; ++k) y += taps[phase][k] * x[i - k];
      const float magnitude = y < 0 ? -y : y;
      peak[i] = magnitude > peak[i] ? magnitude : peak[i];
    }
  }
  for (int i = 0; i < n; ++i) {
    const float a = x[i - kPeakDelay] < 0 ? -x[i - kPeakDelay] : x[i - kPeakDelay];
    const float b = x[i - kPeakDelay + 1] < 0 ? -x[i - kPeakDelay + 1] : x[i - kPeakDelay + 1];
    const float higher = a > b ? a : b;
    peak[i] = higher > peak[i] ? higher : peak[i];
  }
}

}  // namespace

extern const Kernels ENTRAIN_KERNELS;
const Kernels ENTRAIN_KERNELS{Isa::ENTRAIN_ISA, add, add_ramped, scale_ramped, level, true_peak};

}  // namespace entrain
