// Elementary functions that give the same bits on every machine: no libm. Realtime-safe.
#pragma once

#include <bit>
#include <cstdint>

namespace entrain {

/// 2^x within 1e-11 of its size, for |x| < 1000. Taylor series of e^(f ln 2) for the fraction f in [-1/2, 1/2].
inline double exp2_exact(double x) {
  const double whole = static_cast<double>(static_cast<std::int64_t>(x < 0 ? x - 0.5 : x + 0.5));
  const double t = (x - whole) * 0.69314718055994530942;
  double sum = 1.0;
  for (int k = 11; k >= 1; --k) sum = 1.0 + sum * t / k;
  const auto exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(whole) + 1023);
  return sum * std::bit_cast<double>(exponent << 52);
}

/// The floor of every fader: at or below it a gain is exactly 0.
inline constexpr double kSilentDecibels = -60.0;

/// Amplitude of a level in decibels: 10^(dB / 20), and 0 at the fader's floor.
inline double amplitude(double decibels) {
  return decibels <= kSilentDecibels ? 0.0 : exp2_exact(decibels * 0.16609640474436811739);  // log2(10) / 20
}

}  // namespace entrain
