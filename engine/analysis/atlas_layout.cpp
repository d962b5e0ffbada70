#include "engine/analysis/atlas_layout.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/core/draws.h"

namespace entrain {
namespace {

constexpr int kPushes = 5;             // points pushed away for each attraction
constexpr float kFarthestStep = 4;     // along each axis, before the rate
constexpr float kLeastSquare = 1e-3f;  // keeps the push finite

/// Forces between two points by their squared distance, as factors of their difference.
class Forces {
 public:
  explicit Forces(AtlasCurve curve)
      : power_(curve.b), a_(static_cast<float>(curve.a)), b_(static_cast<float>(curve.b)) {}

  float pull(float square) const {
    if (!(square > 0)) return 0;
    const float power = a_ * power_(square);
    return -2 * b_ * power / (square * (1 + power));
  }
  float push(float square) const { return 2 * b_ / ((kLeastSquare + square) * (1 + a_ * power_(square))); }

 private:
  Power power_;
  float a_, b_;
};

float limited(float step) { return std::clamp(step, -kFarthestStep, kFarthestStep); }

/// How far `from` moves along its difference from `to`.
MapPoint step(MapPoint from, MapPoint to, const auto& force) {
  const float x = from.x - to.x, y = from.y - to.y, factor = force(x * x + y * y);
  return {limited(factor * x), limited(factor * y)};
}

}  // namespace

Power::Power(double exponent) {
  for (int i = 0; i < 2 * kOctaves; ++i)
    octaves_[static_cast<std::size_t>(i)] = static_cast<float>(std::exp2(exponent * (i - kOctaves)));
  for (std::size_t i = 0; i < mantissas_.size(); ++i)
    mantissas_[i] = static_cast<float>(std::pow(1 + static_cast<double>(i) / (1 << kBits), exponent));
}

float Power::operator()(float x) const {
  constexpr std::uint32_t kRest = 23 - kBits;
  const auto bits = std::bit_cast<std::uint32_t>(std::clamp(x, 0x1p-64f, 0x1.fffffep63f));
  const std::uint32_t octave = (bits >> 23) - (127 - kOctaves), at = bits >> kRest & ((1u << kBits) - 1);
  const float part = static_cast<float>(bits & ((1u << kRest) - 1)) * (1.0f / (1u << kRest));
  return octaves_[octave] * (mantissas_[at] + part * (mantissas_[at + 1] - mantissas_[at]));
}

void lay_out(std::vector<MapPoint>& map, const std::vector<AtlasEdge>& edges, AtlasCurve curve, int epochs,
             std::uint64_t seed) {
  if (edges.empty()) return;
  const Forces forces(curve);
  const auto pull = [&](float square) { return forces.pull(square); };
  const auto push = [&](float square) { return forces.push(square); };
  const float heaviest = std::ranges::max_element(edges, {}, &AtlasEdge::weight)->weight;
  const auto count = static_cast<std::uint32_t>(map.size());
  const std::uint64_t base = mix_bits(seed);
  std::vector<float> due(edges.size());  // the part of a turn each edge has gathered
  std::uint64_t turn = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const float rate = 1 - static_cast<float>(epoch) / static_cast<float>(epochs);
    const auto turn_of = [&](std::uint32_t point, std::uint32_t other) {
      MapPoint at = map[point], to = map[other];
      const MapPoint attraction = step(at, to, pull);
      at.x += rate * attraction.x;
      at.y += rate * attraction.y;
      map[other] = {to.x - rate * attraction.x, to.y - rate * attraction.y};
      std::array<std::uint32_t, kPushes + 1> drawn;
      for (std::size_t n = 0; n < drawn.size(); n += 2) {
        const std::uint64_t bits = mix_bits(base ^ turn++);
        drawn[n] = draw_below(bits, count);
        drawn[n + 1] = draw_below(bits << 32, count);
      }
      for (std::size_t n = 0; n < kPushes; ++n) {
        if (drawn[n] == point) continue;
        const MapPoint repulsion = step(at, map[drawn[n]], push);
        at.x += rate * repulsion.x;
        at.y += rate * repulsion.y;
      }
      map[point] = at;
    };
    for (std::size_t e = 0; e < edges.size(); ++e) {
      due[e] += edges[e].weight / heaviest;
      if (due[e] < 1) continue;
      due[e] -= 1;
      turn_of(edges[e].a, edges[e].b);
      turn_of(edges[e].b, edges[e].a);
    }
  }
}

}  // namespace entrain
