// Scales: the semitones of a mode's degrees, and climbs through them in time.
#pragma once

#include <algorithm>
#include <array>

namespace entrain {

/// The modes by name, in the order of kScales.
inline constexpr std::array kScales{
    std::array{0, 2, 4, 5, 7, 9, 11},  // major
    std::array{0, 2, 3, 5, 7, 8, 10},  // minor
    std::array{0, 2, 3, 5, 7, 9, 10},  // dorian
    std::array{0, 1, 3, 5, 7, 8, 10},  // phrygian
    std::array{0, 2, 4, 6, 7, 9, 11},  // lydian
    std::array{0, 2, 4, 5, 7, 9, 10},  // mixolydian
    std::array{0, 2, 3, 5, 7, 8, 11},  // harmonic minor
};

/// Semitones above the root of a degree counted from 0; degrees go on over the octave.
constexpr int semitones_of(int mode, int degree) {
  return kScales[static_cast<std::size_t>(mode)][static_cast<std::size_t>(degree % 7)] + 12 * (degree / 7);
}

/// A climb in steps whose lengths halve: through half of the way, half of the rest, half of that, and the
/// rest. Steps are powers of two of a beat, of 1/8 beat at least: on the grid wherever the climb begins on
/// it.
class Climb {
 public:
  struct Step {
    int number = 0;   ///< from 0
    double part = 0;  ///< of the step that is over, 0..1
  };
  static constexpr double kShortest = 0.125;

  /// Over `beats`, above 0.
  explicit constexpr Climb(double beats = 16) : beats_(beats) {
    double length = kShortest;
    while (length * 16 <= beats) length *= 2;
    for (std::size_t s = 0; s < kStretches; ++s) {
      lengths_[s] = std::max(length, kShortest);
      length /= 2;
    }
  }
  constexpr Step at(double beat) const {
    Step step;
    double begin = 0;
    for (std::size_t s = 0; s < kStretches; ++s) {
      const double end = beats_ * kEnds[s];
      const double within = (std::clamp(beat, begin, end) - begin) / lengths_[s];
      const int whole = static_cast<int>(within + 1e-9);
      if (beat < end || s + 1 == kStretches) return {step.number + whole, std::max(0.0, within - whole)};
      step.number += steps_in(end - begin, lengths_[s]);
      begin = end;
    }
    return step;
  }
  constexpr int steps() const {
    int sum = 0;
    for (std::size_t s = 0; s < kStretches; ++s)
      sum += steps_in(beats_ * (kEnds[s] - (s > 0 ? kEnds[s - 1] : 0)), lengths_[s]);
    return sum;
  }

 private:
  static constexpr std::size_t kStretches = 4;
  static constexpr std::array<double, kStretches> kEnds{0.5, 0.75, 0.875, 1};
  /// A step that is cut short counts.
  static constexpr int steps_in(double beats, double length) {
    const double steps = beats / length;
    const int whole = static_cast<int>(steps + 1e-9);
    return steps - whole > 1e-6 ? whole + 1 : whole;
  }

  double beats_;
  std::array<double, kStretches> lengths_{};
};
static_assert(Climb(16).steps() == 20 && Climb(16).at(15.9).number == 19 && Climb(16).at(2).number == 1);

}  // namespace entrain
