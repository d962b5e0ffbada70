// Sawtooth waves without aliases: one table for every half octave, each with the harmonics that fit.
#pragma once

#include <cstdint>
#include <vector>

namespace entrain {

/// A saw from -1 to 1 by its Fourier series, from 4 harmonics to 512. Read between two tables, so that a
/// gliding pitch loses and gains its highest harmonics smoothly; read linearly, its images lie 70 dB below
/// the fundamental. Any number of oscillators share one table.
class SawTable {
 public:
  /// Two neighbouring tables, and how far from the duller to the brighter.
  struct Reading {
    const float* dull;
    const float* bright;
    float part;

    /// `phase`: a turn is 2^32.
    float at(std::uint32_t phase) const {
      const std::uint32_t i = phase >> kShift;
      const float f = static_cast<float>(phase & ((1u << kShift) - 1)) * (1.0f / (1u << kShift));
      const float low = dull[i] + f * (dull[i + 1] - dull[i]),
                  high = bright[i] + f * (bright[i + 1] - bright[i]);
      return low + part * (high - low);
    }
  };

  /// Takes memory; not realtime-safe.
  void prepare();
  /// For a pitch in turns a frame, above 0: nothing reaches beyond 0.45 of the rate below 0.11 turns a frame.
  Reading reading(double pitch) const;

 private:
  static constexpr int kSize = 2048, kLevels = 15;
  static constexpr int kShift = 21;  ///< 2^32 / kSize = 2^21
  std::vector<float> tables_;
};

}  // namespace entrain
