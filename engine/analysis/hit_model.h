// The numbers by which the class of a hit is suggested.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/analysis/descriptors.h"
#include "engine/analysis/hit_class.h"

namespace entrain {

/// Descriptors the model looks at: all from the first up to `tonality`.
inline constexpr std::size_t kModelInputs = descriptor::kBrightness.first;

/// Kinds of hits that are told apart; a class is one of them or several (rims and snares, crashes and rides).
inline constexpr std::size_t kHitKinds = 15;
extern const std::array<HitClass, kHitKinds> kHitKindClass;

/// What one descriptor says: (value - mean) / deviation, from -3 to 3, times a weight for each kind, which
/// may be another one below the mean than above it.
struct HitEvidence {
  float mean, deviation;
  std::array<float, kHitKinds> below, above;
};

extern const std::array<HitEvidence, kModelInputs> kHitModel;
extern const std::array<float, kHitKinds> kHitBias;

/// (value - mean) / deviation of the descriptor at `index`, which the model looks at; from -3 to 3.
inline float in_deviations(std::size_t index, float value) {
  return std::clamp((value - kHitModel[index].mean) / kHitModel[index].deviation, -3.0f, 3.0f);
}

}  // namespace entrain
