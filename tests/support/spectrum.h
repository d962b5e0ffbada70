// Spectra for tests: a plain radix-2 transform, and the response of what works in quanta.
#pragma once

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "engine/core/time.h"

namespace entrain::test {

/// In place; the size is a power of two.
inline void transform(std::vector<std::complex<double>>& x) {
  const std::size_t n = x.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (std::size_t length = 2; length <= n; length *= 2) {
    const auto turn = std::polar(1.0, -2 * std::numbers::pi / static_cast<double>(length));
    for (std::size_t i = 0; i < n; i += length) {
      std::complex<double> w = 1;
      for (std::size_t k = 0; k < length / 2; ++k, w *= turn) {
        const auto a = x[i + k], b = w * x[i + k + length / 2];
        x[i + k] = a + b;
        x[i + k + length / 2] = a - b;
      }
    }
  }
}

inline std::vector<std::complex<double>> spectrum(const std::vector<float>& x, std::size_t from,
                                                  std::size_t size, bool window = false) {
  std::vector<std::complex<double>> bins(size);
  for (std::size_t i = 0; i < size && from + i < x.size(); ++i) {
    const double hann =
        0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size));
    bins[i] = static_cast<double>(x[from + i]) * (window ? hann : 1.0);
  }
  transform(bins);
  return bins;
}

inline double decibels(double amplitude) { return 20 * std::log10(std::max(amplitude, 1e-15)); }

/// Magnitude at a frequency of an impulse response.
inline double response(const std::vector<float>& impulse, double hertz, int rate) {
  std::complex<double> sum = 0;
  for (std::size_t i = 0; i < impulse.size(); ++i)
    sum += static_cast<double>(impulse[i]) *
           std::polar(1.0, -2 * std::numbers::pi * hertz / rate * static_cast<double>(i));
  return std::abs(sum);
}

/// What `process(left, right)` makes of a signal, quantum by quantum: the left side.
template <class At, class Process>
std::vector<float> play_through(std::int64_t frames, At at, Process process) {
  std::vector<float> out;
  for (std::int64_t q = 0; q < frames; q += kQuantum) {
    float left[kQuantum], right[kQuantum];
    for (int i = 0; i < kQuantum; ++i) left[i] = right[i] = static_cast<float>(at(q + i));
    process(left, right);
    out.insert(out.end(), left, left + kQuantum);
  }
  return out;
}

}  // namespace entrain::test
