// How much of a sound lies on each pitch class.
#pragma once

#include <array>
#include <span>

namespace entrain {

using PitchClasses = std::array<double, 12>;  ///< from C up; sums to 1, or all 0

struct Chroma {
  PitchClasses all{};   ///< the whole sound
  PitchClasses bass{};  ///< what lies below 260 Hz
  double cents = 0;     ///< its tuning above A = 440 Hz, -50 to 50
  double tonal = 0;     ///< 0 to 1: the share of its energy that is in steady partials
};

/// Harmonic pitch class profiles from spectral peaks (Gomez: Tonal description of music audio signals, 2006):
/// each partial is also counted, fainter, for the notes of which it may be a harmonic. Pure; finite for any
/// input. Any thread.
Chroma chroma_of(std::span<const float> mono, int rate);

}  // namespace entrain
