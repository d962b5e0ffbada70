// The inner loops, compiled once per instruction-set level and reached through one table.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/isa.h"

namespace entrain {

/// Peak and energy of a run of samples.
struct Level {
  float peak;            ///< highest magnitude
  float sum_of_squares;
};

/// 8x oversampling for true peaks: seven phases between samples, each a run of taps. ITU-R BS.1770-4, annex 2,
/// asks for 4x and 12 taps, which read up to 2 dB too little near half the sample rate; this reads within 0.1 dB.
inline constexpr int kPeakTaps = 48;
inline constexpr int kPeakPhases = 7;
/// Samples that true_peak() looks back: the values it reports at x[i] lie between x[i - 24] and x[i - 23].
inline constexpr int kPeakHistory = kPeakTaps - 1;
inline constexpr int kPeakDelay = kPeakTaps / 2;

/// Frames that one call of `interpolate` makes at most.
inline constexpr int kMostInterpolated = 32;
/// Rows of an interpolator's table between two frames.
inline constexpr int kInterpolatorPhases = 128;

/// A view of complex values, parts apart.
struct Spectrum {
  const float *real, *imaginary;
};

/// All functions: realtime-safe, any thread, n >= 0, no overlap unless said.
struct Kernels {
  Isa isa;
  /// to[i] += from[i]
  void (*add)(float* to, const float* from, int n);
  /// to[i] += from[i] * (gain + step * (i + 1))
  void (*add_ramped)(float* to, const float* from, float gain, float step, int n);
  /// x[i] *= gain + step * (i + 1)
  void (*scale_ramped)(float* x, float gain, float step, int n);
  /// (a, b) = scale * (a + b, a - b)
  void (*butterfly)(float* a, float* b, float scale, int n);
  Level (*level)(const float* x, int n);
  /// peak[i] = max(peak[i], |x[i-24]|, |x at the seven points after it|, |x[i-23]|);
  /// reads x[-47 .. n-1]; taps[phase][k] multiplies x[i-k].
  void (*true_peak)(const float* x, const float (*taps)[kPeakTaps], float* peak, int n);
  /// to[i] = sum over k of row[k] * x[whole + k] at position + i * step, in 1/2^32 frames: `whole` is its whole
  /// part, `row` lies between the two rows about its fraction. taps: a multiple of 16; rows:
  /// kInterpolatorPhases + 1 of taps each. Reads x[0 .. whole + taps - 1] of the last position.
  void (*interpolate)(float* to, const float* x, const float* rows, int taps, std::uint64_t position,
                      std::uint64_t step, int n);
  /// to[i] = a[i] * b[i]; `to` may be `a`
  void (*multiply)(float* to, const float* a, const float* b, int n);
  /// The discrete Fourier transform of n complex values, in place and not scaled; parts swapped, its inverse. n: a
  /// power of two from 64 up; turns: fourier_turns(n); spare: room for fourier_room(n).
  void (*fourier)(float* real, float* imaginary, float* spare, const float* turns, int n);
  /// For two real signals each as the real and the imaginary part of one transform of n values, bins 1 to n/2 - 1:
  /// power[k]: of `x`; cross[k]: the product of `y` with the conjugate of `z`, both signals' summed.
  void (*compare)(const Spectrum& x, const Spectrum& y, const Spectrum& z, float* power, float* cross_real,
                  float* cross_imaginary, int n);
  /// Multiplies both signals of such a transform by turn[k] in bins 1 to n/2 - 1.
  void (*turn)(float* real, float* imaginary, const float* turn_real, const float* turn_imaginary, int n);
};

/// Up to so many values a Fourier transform is made in the nearest cache.
inline constexpr int kShortFourier = 1024;
/// Values between parts of a longer one, which else would contend for the same places in the cache.
inline constexpr int kFourierGap = 16;

constexpr int fourier_room(int n) { return 2 * (n + 8 * kFourierGap); }

/// The factors of a Fourier transform of n values, for Kernels::fourier. Not realtime-safe.
std::vector<float> fourier_turns(int n);

/// The table for a level of available_isas().
const Kernels& kernels_for(Isa isa);

}  // namespace entrain
