// The loops of kernels.h that deal with spectra: part of kernels_body.h, under its rules.
#include "engine/core/kernels.h"

namespace entrain {
namespace {

#ifdef __AVX2__
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
using Lanes = float __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));
using Quad = float __attribute__((vector_size(16), aligned(4), may_alias));

// Decimation in frequency by four: sums first, then the factors. V: float, or several side by side.
template <class V>
struct Quarters {
  V real[4], imaginary[4];
};
template <class V, class From>
inline Quarters<V> quartered(const float* real, const float* imaginary, int far, const From& turns) {
  const V ar = *reinterpret_cast<const V*>(real), ai = *reinterpret_cast<const V*>(imaginary);
  const V br = *reinterpret_cast<const V*>(real + far), bi = *reinterpret_cast<const V*>(imaginary + far);
  const V cr = *reinterpret_cast<const V*>(real + 2 * far), ci = *reinterpret_cast<const V*>(imaginary + 2 * far);
  const V dr = *reinterpret_cast<const V*>(real + 3 * far), di = *reinterpret_cast<const V*>(imaginary + 3 * far);
  const V sum_r = ar + cr, sum_i = ai + ci, gap_r = ar - cr, gap_i = ai - ci;
  const V odd_r = br + dr, odd_i = bi + di, turn_r = di - bi, turn_i = br - dr;  // i(b - d)
  const V r1 = gap_r - turn_r, i1 = gap_i - turn_i, r2 = sum_r - odd_r, i2 = sum_i - odd_i, r3 = gap_r + turn_r,
          i3 = gap_i + turn_i;
  return {{sum_r + odd_r, r1 * turns(0) - i1 * turns(1), r2 * turns(2) - i2 * turns(3),
           r3 * turns(4) - i3 * turns(5)},
          {sum_i + odd_i, r1 * turns(1) + i1 * turns(0), r2 * turns(3) + i2 * turns(2),
           r3 * turns(5) + i3 * turns(4)}};
}

// Writes a's, b's, c's and d's first values, then their second ones, and so on.
inline void interleave(const Lanes (&from)[4], float* to) {
#ifdef __AVX2__
  using Order = int __attribute__((vector_size(32)));
  constexpr Order kLow{0, 8, 1, 9, 2, 10, 3, 11}, kHigh{4, 12, 5, 13, 6, 14, 7, 15};
  constexpr Order kLowPairs{0, 1, 8, 9, 2, 3, 10, 11}, kHighPairs{4, 5, 12, 13, 6, 7, 14, 15};
#else
  using Order = int __attribute__((vector_size(16)));
  constexpr Order kLow{0, 4, 1, 5}, kHigh{2, 6, 3, 7}, kLowPairs{0, 1, 4, 5}, kHighPairs{2, 3, 6, 7};
#endif
  auto* out = reinterpret_cast<Lanes*>(to);
  const Lanes ab = __builtin_shuffle(from[0], from[1], kLow), cd = __builtin_shuffle(from[2], from[3], kLow);
  const Lanes ab2 = __builtin_shuffle(from[0], from[1], kHigh), cd2 = __builtin_shuffle(from[2], from[3], kHigh);
  out[0] = __builtin_shuffle(ab, cd, kLowPairs);
  out[1] = __builtin_shuffle(ab, cd, kHighPairs);
  out[2] = __builtin_shuffle(ab2, cd2, kLowPairs);
  out[3] = __builtin_shuffle(ab2, cd2, kHighPairs);
}

// A pass of Stockham's autosort algorithm: `stride` transforms of `length` values, side by side. One alone goes
// kLanes values at a time.
void first_pass(const float* xr, const float* xi, float* yr, float* yi, const float* turns, int length) {
  const int m = length / 4;
  for (int p = 0; p < m; p += kLanes) {
    const auto out = quartered<Lanes>(xr + p, xi + p, m, [&](int k) -> const Lanes& {
      return *reinterpret_cast<const Lanes*>(turns + k * m + p);
    });
    interleave(out.real, yr + 4 * p);
    interleave(out.imaginary, yi + 4 * p);
  }
}

template <class V>
void later_pass(const float* xr, const float* xi, float* yr, float* yi, const float* turns, int length, int stride) {
  const int m = length / 4;
  for (int p = 0; p < m; ++p)
    for (int q = 0; q < stride; q += static_cast<int>(sizeof(V) / sizeof(float))) {
      const int from = stride * p + q, to = 4 * stride * p + q;
      const auto out = quartered<V>(xr + from, xi + from, stride * m, [&](int k) { return turns[k * m + p]; });
      for (int k = 0; k < 4; ++k) {
        *reinterpret_cast<V*>(yr + to + k * stride) = out.real[k];
        *reinterpret_cast<V*>(yi + to + k * stride) = out.imaginary[k];
      }
    }
}

void fourier(float* real, float* imaginary, float* spare, const float* turns, int n) {
  float *xr = real, *xi = imaginary, *yr = spare, *yi = spare + n;
  const auto swap = [&] {
    float *r = xr, *i = xi;
    xr = yr, xi = yi, yr = r, yi = i;
  };
  int length = n, stride = 1;
  for (; length >= 4; length /= 4, stride *= 4) {
    if (stride == 1)
      first_pass(xr, xi, yr, yi, turns, length);
    else if (stride == 4)
      later_pass<Quad>(xr, xi, yr, yi, turns, length, stride);
    else
      later_pass<Lanes>(xr, xi, yr, yi, turns, length, stride);
    turns += 6 * (length / 4);
    swap();
  }
  if (length == 2) {
    for (int q = 0; q < stride; ++q) {
      yr[q] = xr[q] + xr[q + stride];
      yi[q] = xi[q] + xi[q + stride];
      yr[q + stride] = xr[q] - xr[q + stride];
      yi[q + stride] = xi[q] - xi[q + stride];
    }
    swap();
  }
  if (xr == real) return;
  for (int i = 0; i < n; ++i) {
    real[i] = xr[i];
    imaginary[i] = xi[i];
  }
}

void compare(const Spectrum& x, const Spectrum& y, const Spectrum& z, float* __restrict power,
             float* __restrict cross_real, float* __restrict cross_imaginary, int n) {
  for (int k = 1; k < n / 2; ++k) {
    const int j = n - k;
    power[k] = x.real[k] * x.real[k] + x.imaginary[k] * x.imaginary[k] + x.real[j] * x.real[j] +
               x.imaginary[j] * x.imaginary[j];
    cross_real[k] = y.real[k] * z.real[k] + y.imaginary[k] * z.imaginary[k] + y.real[j] * z.real[j] +
                    y.imaginary[j] * z.imaginary[j];
    cross_imaginary[k] = y.imaginary[k] * z.real[k] - y.real[k] * z.imaginary[k] + y.real[j] * z.imaginary[j] -
                         y.imaginary[j] * z.real[j];
  }
}

void turn(float* __restrict real, float* __restrict imaginary, const float* __restrict turn_real,
          const float* __restrict turn_imaginary, int n) {
  for (int k = 1; k < n / 2; ++k) {
    const float r = real[k], i = imaginary[k];
    real[k] = r * turn_real[k] - i * turn_imaginary[k];
    imaginary[k] = r * turn_imaginary[k] + i * turn_real[k];
  }
  for (int k = n / 2 + 1; k < n; ++k) {
    const float r = real[k], i = imaginary[k];
    real[k] = r * turn_real[n - k] + i * turn_imaginary[n - k];
    imaginary[k] = i * turn_real[n - k] - r * turn_imaginary[n - k];
  }
}

}  // namespace
}  // namespace entrain
