#include "engine/analysis/hit_features.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/analysis/hit_class.h"
#include "engine/analysis/hit_model.h"

namespace entrain {
namespace {

constexpr std::array kCompared{descriptor::kEnvelope, descriptor::kMfcc, descriptor::kShape};
constexpr float kDifference = 0.3f;  // weight of what tells sounds of one kind apart

/// Chances that leave less to the unlikely.
std::array<float, kHitClasses> kind_of(const Descriptors& sound) {
  auto chances = suggest_class(sound).chances;
  float sum = 0;
  for (float& chance : chances) sum += chance *= chance;
  for (float& chance : chances) chance /= sum;
  return chances;
}

}  // namespace

Timbre timbre_of(const Descriptors& sound) {
  Timbre timbre{};
  auto out = timbre.begin();
  for (const DescriptorBlock& block : kCompared) {
    const float weight = 1 / std::sqrt(static_cast<float>(block.size));
    for (std::size_t d = block.first; d < block.first + block.size; ++d)
      *out++ = weight * in_deviations(d, sound[d]);
  }
  return timbre;
}

Points hit_features(std::span<const Descriptors> sounds) {
  std::array<float, kHitClasses + std::tuple_size_v<Timbre>> point;
  Points points(point.size());
  for (const Descriptors& sound : sounds) {
    const auto difference = std::ranges::copy(kind_of(sound), point.begin()).out;
    std::ranges::transform(timbre_of(sound), difference, [](float x) { return kDifference * x; });
    points.add(point);
  }
  return points;
}

}  // namespace entrain
