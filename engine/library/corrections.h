// What a person says of a sound, over what was measured.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "engine/analysis/analysis.h"
#include "engine/core/result.h"

namespace entrain {

struct Correction {
  std::string field, value;

  bool operator==(const Correction&) const = default;
};

struct CorrectionField {
  std::string_view name, values;  ///< what may be said, for a person
};

/// In the order in which they are applied: a grid is laid by tempo, first beat and downbeat.
inline constexpr std::array<CorrectionField, 7> kCorrectionFields{{
    {"bpm", "20 to 400, or none"},
    {"first_beat", "seconds from the start"},
    {"downbeat", "seconds from the start, of any first beat of a bar"},
    {"key", "such as Am, F# minor, Bb, 8A, or none"},
    {"lufs", "-70 to 0"},
    {"energy", "0 to 10"},
    {"class", "kick, snare, hat_closed, hat_open, clap, tom, cymbal, percussion, tonal, or none"},
}};

/// Reads `bpm=124`. The Error says what may be written.
Result<Correction> correction_from(std::string_view text);

/// The analysis with corrections laid over it; those that do not hold (see correction_from()) change nothing.
/// What a person said has confidence 1. A tempo lays its grid from the first beat that was found; a downbeat
/// moves the grid so that a beat falls on it. Pure.
Analysis corrected(Analysis analysis, std::span<const Correction> corrections);

}  // namespace entrain
