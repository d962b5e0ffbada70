// The loops of kernels.h, included by one source file per instruction-set level, each with its own compiler
// flags and ENTRAIN_ISA. Plain loops only: an inline library function compiled here for a wide level could
// replace its baseline copy when linking.
#include "engine/core/kernels.h"
#include "engine/core/kernels_fourier.h"
#include "engine/core/kernels_spectra.h"

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

void butterfly(float* __restrict a, float* __restrict b, float scale, int n) {
  for (int i = 0; i < n; ++i) {
    const float sum = scale * (a[i] + b[i]);
    b[i] = scale * (a[i] - b[i]);
    a[i] = sum;
  }
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

// Both rows are summed and joined at the end: one multiplication a tap and row. The sums across lanes wait
// until all outputs have theirs, as they take longer one by one.
void interpolate(float* __restrict to, const float* __restrict x, const float* __restrict rows, int taps,
                 std::uint64_t position, std::uint64_t step, int n) {
  constexpr std::uint64_t kPerPhase = (std::uint64_t{1} << 32) / kInterpolatorPhases;
  float sums[kMostInterpolated][4];
  for (int i = 0; i < n; ++i, position += step) {
    const float* from = x + (position >> 32);
    const std::uint64_t fraction = position & 0xFFFFFFFFu;
    const float* lower = rows + static_cast<std::uint64_t>(taps) * (fraction / kPerPhase);
    const float* upper = lower + taps;
    const float part = static_cast<float>(fraction % kPerPhase) / static_cast<float>(kPerPhase);
    Lanes before{}, after{};
    for (int k = 0; k < taps; k += kLanes) {
      const Lanes heard = *reinterpret_cast<const Lanes*>(from + k);
      before += *reinterpret_cast<const Lanes*>(lower + k) * heard;
      after += *reinterpret_cast<const Lanes*>(upper + k) * heard;
    }
    const Lanes joined = before + part * (after - before);
    const Quad* quads = reinterpret_cast<const Quad*>(&joined);
    Quad sum = quads[0];
    for (int q = 1; q < kLanes / 4; ++q) sum += quads[q];
    *reinterpret_cast<Quad*>(sums[i]) = sum;
  }
  for (int i = 0; i < n; ++i) to[i] = (sums[i][0] + sums[i][1]) + (sums[i][2] + sums[i][3]);
}

void multiply(float* to, const float* a, const float* b, int n) {
  for (int i = 0; i < n; ++i) to[i] = a[i] * b[i];
}

}  // namespace

extern const Kernels ENTRAIN_KERNELS;
const Kernels ENTRAIN_KERNELS{Isa::ENTRAIN_ISA, add,         add_ramped, scale_ramped, butterfly, level,
                              true_peak,        interpolate, multiply,   fourier,      compare,   turn};

}  // namespace entrain
