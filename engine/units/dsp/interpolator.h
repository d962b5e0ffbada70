// Band-limited interpolation: plays a sound at any speed, without the aliases that lie below -80 dB at an octave
// up or down.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/core/kernels.h"

namespace entrain {

/// Windowed sinc after Smith and Gossett, A flexible sampling-rate conversion method, ICASSP 1984: Kaiser
/// windows of 90 dB, 48 taps at the sound's own speed and more the faster it goes, one bank of rows for each
/// sixth of an octave upwards. Rows stand 1/128 of a frame apart and are joined in straight lines (error below
/// -90 dB). Up to -3 dB at 0.4 of the rate at which it plays, times the speed when that is below 1.
class Interpolator {
 public:
  static constexpr double kFastest = 4;      ///< two octaves up
  static constexpr int kMaxTaps = 192;

  /// Speeds up to its own belong to a bank.
  struct Bank {
    double fastest = 1;
    int taps = 0;
    std::vector<float> rows;  ///< kInterpolatorPhases + 1 rows of taps

    int before() const { return taps / 2 - 1; }  ///< frames that are read before the position
    int after() const { return taps / 2; }
  };

  static constexpr int kBanks = 13;

  /// Builds the tables, once for all interpolators of the program; not realtime-safe.
  void prepare();
  /// The bank for a speed above 0 and up to kFastest.
  const Bank& bank(double speed) const;

 private:
  const std::array<Bank, kBanks>* banks_ = nullptr;
};

}  // namespace entrain
