// What kind of drum a hit is, as a suggestion.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "engine/analysis/descriptors.h"

namespace entrain {

enum class HitClass { kick, snare, hat_closed, hat_open, clap, tom, cymbal, percussion, tonal };
inline constexpr std::size_t kHitClasses = 9;

/// "kick", "hat_closed"...
std::string_view name_of(HitClass hit);

struct HitSuggestion {
  HitClass hit = HitClass::kick;             ///< the likeliest
  float confidence = 0;                      ///< its chance, 1/9 to 1
  std::array<float, kHitClasses> chances{};  ///< of every class; their sum is 1
};

/// A multinomial logistic model of the descriptors up to `tonality`, each with a knee at its mean
/// (scripts/train-hit-model makes it). Rims count as snares, pedal hats as closed ones; percussion is what is
/// struck or shaken otherwise; tonal is what has a note. All classes are equally likely beforehand. Finite
/// input gives finite output. Pure; any thread.
HitSuggestion suggest_class(const Descriptors& sound);

}  // namespace entrain
