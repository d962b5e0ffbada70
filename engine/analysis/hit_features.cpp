#include "engine/analysis/hit_features.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/analysis/hit_class.h"

namespace entrain {
namespace {

constexpr std::array kCompared{descriptor::kEnvelope, descriptor::kMfcc, descriptor::kShape};
constexpr float kFarthest = 3;       // standard deviations
constexpr double kDifference = 0.2;  // weight of what tells sounds of one kind apart

/// Chances that leave less to the unlikely.
std::array<float, kHitClasses> kind_of(const Descriptors& sound) {
  auto chances = suggest_class(sound).chances;
  float sum = 0;
  for (float& chance : chances) sum += chance *= chance;
  for (float& chance : chances) chance /= sum;
  return chances;
}

}  // namespace

Points hit_features(std::span<const Descriptors> sounds) {
  std::size_t width = kHitClasses;
  for (const DescriptorBlock& block : kCompared) width += block.size;
  std::vector<float> values(sounds.size() * width);
  for (std::size_t i = 0; i < sounds.size(); ++i)
    std::ranges::copy(kind_of(sounds[i]), values.begin() + static_cast<std::ptrdiff_t>(i * width));
  std::size_t column = kHitClasses;
  for (const DescriptorBlock& block : kCompared) {
    const double weight = kDifference / std::sqrt(static_cast<double>(block.size));
    for (std::size_t d = block.first; d < block.first + block.size; ++d, ++column) {
      double sum = 0, squares = 0;
      for (const Descriptors& sound : sounds) sum += static_cast<double>(sound[d]);
      const double mean = sum / static_cast<double>(sounds.size());
      for (const Descriptors& sound : sounds) squares += std::pow(static_cast<double>(sound[d]) - mean, 2);
      const double deviation = std::sqrt(squares / static_cast<double>(sounds.size())) + 1e-6;
      for (std::size_t i = 0; i < sounds.size(); ++i) {
        const auto z = static_cast<float>((static_cast<double>(sounds[i][d]) - mean) / deviation);
        values[i * width + column] = static_cast<float>(weight) * std::clamp(z, -kFarthest, kFarthest);
      }
    }
  }
  Points points(width);
  for (std::size_t i = 0; i < sounds.size(); ++i) points.add(std::span(values).subspan(i * width, width));
  return points;
}

}  // namespace entrain
