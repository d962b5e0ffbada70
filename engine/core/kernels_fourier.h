// The Fourier transform: part of kernels_body.h, under its rules.
#include "engine/core/kernels_eighths.h"

namespace entrain {
namespace {

// A pass of Stockham's autosort algorithm: `stride` transforms of `length` values, side by side. One alone goes
// kLanes values at a time.
void first_pass(const float* xr, const float* xi, float* yr, float* yi, const float* turns, int length) {
  const int m = length / 8;
  for (int p = 0; p < m; p += kLanes) {
    const auto out = turned(xr + p, xi + p, m, [&](int k) -> const Lanes& {
      return *reinterpret_cast<const Lanes*>(turns + k * m + p);
    });
    interleave(out.real, yr + 8 * p);
    interleave(out.imaginary, yi + 8 * p);
  }
}

void later_pass(const float* xr, const float* xi, float* yr, float* yi, const float* turns, int length, int stride) {
  const int m = length / 8;
  for (int p = 0; p < m; ++p)
    for (int q = 0; q < stride; q += kLanes) {
      const int from = stride * p + q, to = 8 * stride * p + q;
      const auto out = turned(xr + from, xi + from, stride * m, [&](int k) { return turns[k * m + p]; });
      for (int k = 0; k < 8; ++k) {
        *reinterpret_cast<Lanes*>(yr + to + k * stride) = out.real[k];
        *reinterpret_cast<Lanes*>(yi + to + k * stride) = out.imaginary[k];
      }
    }
}

// What is left: transforms of 4 or 2 values.
void last_pass(const float* xr, const float* xi, float* yr, float* yi, int length, int stride) {
  for (int q = 0; q < stride; q += kLanes) {
    Lanes r[4], i[4];
    for (int j = 0; j < length; ++j) {
      r[j] = *reinterpret_cast<const Lanes*>(xr + q + j * stride);
      i[j] = *reinterpret_cast<const Lanes*>(xi + q + j * stride);
    }
    if (length == 4) {
      Eighths::quarter(r, i);
    } else {
      const Lanes gap_r = r[0] - r[1], gap_i = i[0] - i[1];
      r[0] += r[1], i[0] += i[1];
      r[1] = gap_r, i[1] = gap_i;
    }
    for (int j = 0; j < length; ++j) {
      *reinterpret_cast<Lanes*>(yr + q + j * stride) = r[j];
      *reinterpret_cast<Lanes*>(yi + q + j * stride) = i[j];
    }
  }
}

// In place, as long as all of it fits into the nearest cache.
void short_fourier(float* real, float* imaginary, float* spare, const float* turns, int n) {
  float *xr = real, *xi = imaginary, *yr = spare, *yi = spare + n;
  const auto swap = [&] {
    float *r = xr, *i = xi;
    xr = yr, xi = yi, yr = r, yi = i;
  };
  int length = n, stride = 1;
  for (; length >= 8; length /= 8, stride *= 8) {
    if (stride == 1)
      first_pass(xr, xi, yr, yi, turns, length);
    else
      later_pass(xr, xi, yr, yi, turns, length, stride);
    turns += 14 * (length / 8);
    swap();
  }
  if (length > 1) {
    last_pass(xr, xi, yr, yi, length, stride);
    swap();
  }
  if (xr == real) return;
  for (int i = 0; i < n; ++i) {
    real[i] = xr[i];
    imaginary[i] = xi[i];
  }
}

// The values of eight parts of m, which lie kFourierGap apart.
void take_turns(const float* parts, float* to, int m) {
  for (int p = 0; p < m; p += kLanes) {
    Lanes next[8];
    for (int k = 0; k < 8; ++k) next[k] = *reinterpret_cast<const Lanes*>(parts + k * (m + kFourierGap) + p);
    interleave(next, to + 8 * p);
  }
}

// A longer one: eight short ones, one behind the other, whose values then take turns.
void fourier(float* real, float* imaginary, float* spare, const float* turns, int n) {
  if (n <= kShortFourier) return short_fourier(real, imaginary, spare, turns, n);
  const int m = n / 8, block = m + kFourierGap;
  float *const r = spare, *const i = spare + 8 * block;
  for (int p = 0; p < m; p += kLanes) {
    Lanes w[14];  // powers 1 to 7 of a factor: to read them all would take longer
    w[0] = *reinterpret_cast<const Lanes*>(turns + p);
    w[1] = *reinterpret_cast<const Lanes*>(turns + m + p);
    for (int k = 2; k < 8; ++k) {
      const Lanes *const a = w + 2 * (k / 2 - 1), *const b = w + 2 * ((k + 1) / 2 - 1);
      w[2 * k - 2] = a[0] * b[0] - a[1] * b[1];
      w[2 * k - 1] = a[0] * b[1] + a[1] * b[0];
    }
    const auto out = turned(real + p, imaginary + p, m, [&](int k) -> const Lanes& { return w[k]; });
    for (int k = 0; k < 8; ++k) {
      *reinterpret_cast<Lanes*>(r + k * block + p) = out.real[k];
      *reinterpret_cast<Lanes*>(i + k * block + p) = out.imaginary[k];
    }
  }
  for (int k = 0; k < 8; ++k) short_fourier(r + k * block, i + k * block, real, turns + 2 * m, m);
  take_turns(r, real, m);
  take_turns(i, imaginary, m);
}

}  // namespace
}  // namespace entrain
