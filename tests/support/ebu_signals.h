// The test signals of EBU Tech 3341 and 3342 that describe a file, made from their descriptions.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace entrain::test {

/// A part of a sequence of 1 kHz tones.
struct Tone {
  double seconds, dbfs;  ///< dBFS of the peak
};

inline std::vector<float> tones(const std::vector<Tone>& sequence, int rate) {
  std::vector<float> out;
  for (const auto& [seconds, dbfs] : sequence) {
    const std::size_t end = out.size() + static_cast<std::size_t>(std::lround(seconds * rate));
    for (std::size_t i = out.size(); i < end; ++i)
      out.push_back(static_cast<float>(
          std::pow(10, dbfs / 20) * std::sin(2 * std::numbers::pi * 1000 * static_cast<double>(i) / rate)));
  }
  return out;
}

/// A name for the message, what is to be measured, what should come out.
struct EbuCase {
  const char* name;
  std::vector<Tone> sequence;
  double expected;
};

/// Tech 3341, table 1, cases 1 to 5: integrated loudness, within 0.1 LU. Case 6 has five channels, which
/// decode() mixes to two; 7 and 8 are programmes; 9 to 14 are for meters that move.
inline const std::vector<EbuCase>& ebu_loudness() {
  static const std::vector<EbuCase> cases{
      {"3341-1", {{20, -23}}, -23},
      {"3341-2", {{20, -33}}, -33},
      {"3341-3", {{10, -36}, {60, -23}, {10, -36}}, -23},
      {"3341-4", {{10, -72}, {10, -36}, {60, -23}, {10, -36}, {10, -72}}, -23},
      {"3341-5", {{20, -26}, {20.1, -20}, {20, -26}}, -23}};
  return cases;
}

/// Tech 3342, table 1, cases 1 to 4: loudness range, within 1 LU. 5 and 6 are programmes.
inline const std::vector<EbuCase>& ebu_ranges() {
  static const std::vector<EbuCase> cases{
      {"3342-1", {{20, -20}, {20, -30}}, 10},
      {"3342-2", {{20, -20}, {20, -15}}, 5},
      {"3342-3", {{20, -40}, {20, -20}}, 20},
      {"3342-4", {{20, -50}, {20, -35}, {20, -20}, {20, -35}, {20, -50}}, 15}};
  return cases;
}

/// Fades the first and last `count` samples.
inline void taper(std::vector<float>& x, std::size_t count) {
  for (std::size_t i = 0; i < std::min(count, x.size()); ++i) {
    const float gain = static_cast<float>(i) / static_cast<float>(count);
    x[i] *= gain;
    x[x.size() - 1 - i] *= gain;
  }
}

/// Tech 3341, cases 15 to 19: a sine of the rate divided by `parts`, faded over 10 ms.
inline std::vector<float> ebu_peak_tone(int parts, double amplitude, double degrees, int rate) {
  std::vector<float> out(static_cast<std::size_t>(rate / 2));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * static_cast<double>(i) / parts +
                                                     degrees * std::numbers::pi / 180));
  taper(out, static_cast<std::size_t>(rate / 100));
  return out;
}

/// Tech 3341, cases 20 to 23: a sine of a sixth of the rate at 0.5 that holds one period of a quarter of the
/// rate at 1, in phase with it; made at four times the rate, low-passed and taken every fourth sample from
/// `offset` on.
inline std::vector<float> ebu_peak_burst(int offset, int rate) {
  constexpr int kFine = 4, kReach = 256;
  constexpr int kCarrier = 6 * kFine, kBurst = 4 * kFine;  // samples of a period
  const int length = rate / 4, burst = length * kFine / 2 / kCarrier * kCarrier;
  std::vector<double> fine;
  for (int i = 0; i < length * kFine; ++i) {
    const bool inside = i >= burst && i < burst + kBurst;
    const int at = i < burst ? i : inside ? i - burst : i - burst - kBurst;
    fine.push_back((inside ? 1 : 0.5) * std::sin(2 * std::numbers::pi * at / (inside ? kBurst : kCarrier)));
  }
  std::vector<float> out;
  for (int n = 0; n < length; ++n) {
    double sum = 0;
    for (int k = -kReach; k <= kReach; ++k) {
      const int at = n * kFine + offset + k;
      if (at < 0 || at >= length * kFine) continue;
      const double x = std::numbers::pi * k / kFine, w = std::numbers::pi * k / (kReach + 1);
      const double sinc = k == 0 ? 1 : std::sin(x) / x;
      sum += fine[static_cast<std::size_t>(at)] * sinc / kFine *
             (0.42 + 0.5 * std::cos(w) + 0.08 * std::cos(2 * w));
    }
    out.push_back(static_cast<float>(sum));
  }
  taper(out, static_cast<std::size_t>(rate / 100));
  return out;
}

}  // namespace entrain::test
