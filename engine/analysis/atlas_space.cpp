#include "engine/analysis/atlas_space.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

constexpr float kFarthest = 3;  // standard deviations
constexpr double kLeastDeviation = 1e-6;

}  // namespace

AtlasSpace::AtlasSpace(std::span<const Descriptors> sounds) {
  const auto count = static_cast<double>(std::max<std::size_t>(sounds.size(), 1));
  for (const DescriptorBlock& block : descriptor::kBlocks)
    for (std::size_t d = block.first; d < block.first + block.size; ++d) {
      double sum = 0, squares = 0;
      for (const Descriptors& sound : sounds) sum += static_cast<double>(sound[d]);
      const double mean = sum / count;
      for (const Descriptors& sound : sounds) squares += std::pow(static_cast<double>(sound[d]) - mean, 2);
      mean_[d] = static_cast<float>(mean);
      scale_[d] = static_cast<float>(1 / (std::sqrt(squares / count) + kLeastDeviation));
    }
}

Points AtlasSpace::operator()(std::span<const Descriptors> sounds) const {
  Points points(descriptor::kCount);
  for (const Descriptors& sound : sounds) {
    Descriptors point{};
    for (const DescriptorBlock& block : descriptor::kBlocks) {
      const auto weight = static_cast<float>(1 / std::sqrt(static_cast<double>(block.size)));
      for (std::size_t d = block.first; d < block.first + block.size; ++d)
        point[d] = weight * std::clamp((sound[d] - mean_[d]) * scale_[d], -kFarthest, kFarthest);
    }
    points.add(point);
  }
  return points;
}

}  // namespace entrain
