#include "engine/analysis/hit_class.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/hit_model.h"

namespace entrain {

std::string_view name_of(HitClass hit) {
  constexpr std::array<std::string_view, kHitClasses> kNames{
      "kick", "snare", "hat_closed", "hat_open", "clap", "tom", "cymbal", "percussion", "tonal"};
  return kNames[static_cast<std::size_t>(hit)];
}

HitSuggestion suggest_class(const Descriptors& sound) {
  auto scores = kHitBias;
  for (std::size_t i = 0; i < kModelInputs; ++i) {
    const float z = in_deviations(i, sound[i]);
    const auto& weights = z < 0 ? kHitModel[i].below : kHitModel[i].above;
    for (std::size_t k = 0; k < kHitKinds; ++k) scores[k] += z * weights[k];
  }
  const float top = *std::ranges::max_element(scores);
  HitSuggestion suggestion;
  float sum = 0;
  for (std::size_t k = 0; k < kHitKinds; ++k) {
    const float chance = std::exp(scores[k] - top);
    suggestion.chances[static_cast<std::size_t>(kHitKindClass[k])] += chance;
    sum += chance;
  }
  for (float& chance : suggestion.chances) chance /= sum;
  const auto best = std::ranges::max_element(suggestion.chances);
  suggestion.hit = static_cast<HitClass>(best - suggestion.chances.begin());
  suggestion.confidence = *best;
  return suggestion;
}

}  // namespace entrain
