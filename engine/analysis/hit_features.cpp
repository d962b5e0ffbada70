#include "engine/analysis/hit_features.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/analysis/hit_class.h"
#include "engine/analysis/hit_model.h"
#include "engine/analysis/neighbours.h"

namespace entrain {
namespace {

constexpr std::array kCompared{descriptor::kEnvelope, descriptor::kMfcc, descriptor::kShape};
constexpr float kDifference = 0.3f;  // weight of what tells sounds of one kind apart

constexpr std::size_t kAsked = 5;  // sounds that have a say in what one is taken for
constexpr float kSay = 0.4f;       // weight of what they say
constexpr int kRounds = 10;        // after which nothing moves by more than kSay^kRounds

using Chances = std::array<float, kHitClasses>;

/// Each sound's own chances, and the mean of those that its nearest neighbours in timbre end up with: within
/// a folder, what sounds alike is of one kind (Zhou, Bousquet et al.: Learning with local and global
/// consistency, 2003). Of a few sounds the nearest may be of another kind: a quarter of the others is asked.
std::vector<Chances> agreed(const std::vector<Chances>& own, const Points& timbres) {
  const std::size_t asked = own.empty() ? 0 : std::min(kAsked, (own.size() - 1) / 4);
  if (asked == 0) return own;
  const Neighbours near = nearest_neighbours(timbres, asked);
  const float each = kSay / static_cast<float>(asked);
  std::vector<Chances> now = own;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Chances> before = now;
    for (std::size_t i = 0; i < own.size(); ++i)
      for (std::size_t c = 0; c < kHitClasses; ++c) {
        now[i][c] = (1 - kSay) * own[i][c];
        for (const std::uint32_t neighbour : near.of(i)) now[i][c] += each * before[neighbour][c];
      }
  }
  return now;
}

/// Chances that leave less to the unlikely.
Chances sharpened(Chances chances) {
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
  std::vector<Chances> own;
  Points timbres(std::tuple_size_v<Timbre>);
  for (const Descriptors& sound : sounds) {
    own.push_back(suggest_class(sound).chances);
    timbres.add(timbre_of(sound));
  }
  const std::vector<Chances> kinds = agreed(own, timbres);
  std::array<float, kHitClasses + std::tuple_size_v<Timbre>> point;
  Points points(point.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto difference = std::ranges::copy(sharpened(kinds[i]), point.begin()).out;
    std::ranges::transform(timbres[i], difference, [](float x) { return kDifference * x; });
    points.add(point);
  }
  return points;
}

}  // namespace entrain
