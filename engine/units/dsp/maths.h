// Elementary functions that give the same bits on every machine: no libm. Realtime-safe.
#pragma once

#include <bit>
#include <cstdint>

namespace entrain {

inline constexpr double kPi = 3.14159265358979323846;

/// 2^x within 1e-11 of its size, for |x| < 1000. Taylor series of e^(f ln 2) for the fraction f in [-1/2,
/// 1/2].
inline double exp2_exact(double x) {
  const double whole = static_cast<double>(static_cast<std::int64_t>(x < 0 ? x - 0.5 : x + 0.5));
  const double t = (x - whole) * 0.69314718055994530942;
  double sum = 1.0;
  for (int k = 11; k >= 1; --k) sum = 1.0 + sum * t / k;
  const auto exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(whole) + 1023);
  return sum * std::bit_cast<double>(exponent << 52);
}

/// log2(x) within 1e-10, for normal x > 0. With x = m 2^e and t = (m - 1) / (m + 1): 2 artanh(t) / ln 2 + e.
inline double log2_exact(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<std::int64_t>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0xfffffffffffffull) | (std::uint64_t{1023} << 52));
  if (m > 1.41421356237309504880) m *= 0.5, ++exponent;
  const double t = (m - 1) / (m + 1), u = t * t;
  double sum = 0;
  for (int k = 17; k >= 1; k -= 2) sum = sum * u + 1.0 / k;
  return 2.88539008177792681472 * t * sum + static_cast<double>(exponent);
}

/// sin(x) within 1e-11, for |x| <= pi/2. Taylor series.
inline double sine(double x) {
  const double u = x * x;
  double sum = 1.0;
  for (int k = 16; k >= 2; k -= 2) sum = 1.0 - sum * u / (k * (k + 1));
  return x * sum;
}
/// cos(x), for 0 <= x <= pi.
inline double cosine(double x) { return sine(kPi / 2 - x); }
/// sin(2 pi turns), for |turns| < 2^62.
inline double sine_of_turns(double turns) {
  const double x = turns - static_cast<double>(static_cast<std::int64_t>(turns < 0 ? turns - 0.5 : turns + 0.5));
  return sine(2 * kPi * (x > 0.25 ? 0.5 - x : x < -0.25 ? -0.5 - x : x));
}
/// tan(x), for 0 <= x < pi/2: the prewarped frequency of a TPT filter is tangent(pi f / rate).
inline double tangent(double x) { return sine(x) / cosine(x); }

/// The floor of every fader: at or below it a gain is exactly 0.
inline constexpr double kSilentDecibels = -60.0;

/// Amplitude of a level in decibels: 10^(dB / 20), and 0 at the fader's floor.
inline double amplitude(double decibels) {
  return decibels <= kSilentDecibels ? 0.0 : exp2_exact(decibels * 0.16609640474436811739);  // log2(10) / 20
}

/// amplitude() of a control that mostly stands still: computed anew only when it moved.
class Amplitude {
 public:
  float of(float decibels) {
    if (decibels != decibels_) decibels_ = decibels, amplitude_ = static_cast<float>(amplitude(decibels));
    return amplitude_;
  }

 private:
  float decibels_ = 0, amplitude_ = 1;
};

/// Highest signal that counts as silence: -120 dB.
inline constexpr float kInaudible = 1e-6f;

}  // namespace entrain
