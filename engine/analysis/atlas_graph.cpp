#include "engine/analysis/atlas_graph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace entrain {
namespace {

constexpr int kHalvings = 64;
constexpr double kLeastScale = 1e-3;  // of the mean distance; of all points together where one knows none

double mean(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value);
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double membership_at(double distance, double nearest, double scale) {
  if (distance <= nearest) return 1;
  return scale > 0 ? std::exp((nearest - distance) / scale) : 0;
}

/// The scale at which memberships sum to `wanted`; they rise with it.
double scale_for(std::span<const float> distances, double nearest, double wanted) {
  double low = 0, high = std::numeric_limits<double>::infinity(), scale = 1;
  for (int i = 0; i < kHalvings; ++i) {
    double sum = 0;
    for (const float d : distances) sum += membership_at(static_cast<double>(d), nearest, scale);
    if (std::abs(sum - wanted) < 1e-5) break;
    (sum > wanted ? high : low) = scale;
    scale = std::isinf(high) ? scale * 2 : (low + high) / 2;
  }
  return scale;
}

/// What `of` thinks of `other`; nothing where it is no neighbour of its.
std::optional<float> view(const Neighbours& neighbours, const std::vector<float>& membership, std::size_t of,
                          std::size_t other) {
  const auto index = neighbours.of(of);
  const auto at = std::ranges::find(index, static_cast<std::uint32_t>(other));
  if (at == index.end()) return std::nullopt;
  return membership[of * neighbours.each + static_cast<std::size_t>(at - index.begin())];
}

}  // namespace

std::vector<float> memberships(const Neighbours& neighbours) {
  std::vector<float> out(neighbours.distance.size());
  const double wanted = std::log2(static_cast<double>(neighbours.each)), whole = mean(neighbours.distance);
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    const auto distances = neighbours.distances(i);
    const auto first = std::ranges::find_if(distances, [](float d) { return d > 0; });
    const double nearest = first == distances.end() ? 0 : static_cast<double>(*first);
    const double scale = std::max(scale_for(distances, nearest, wanted),
                                  kLeastScale * (nearest > 0 ? mean(distances) : whole));
    for (std::size_t n = 0; n < distances.size(); ++n)
      out[i * neighbours.each + n] =
          static_cast<float>(membership_at(static_cast<double>(distances[n]), nearest, scale));
  }
  return out;
}

std::vector<AtlasEdge> fuzzy_union(const Neighbours& neighbours, const std::vector<float>& membership) {
  std::vector<AtlasEdge> edges;
  for (std::size_t i = 0; i < neighbours.size(); ++i)
    for (std::size_t n = 0; n < neighbours.each; ++n) {
      const std::size_t j = neighbours.of(i)[n];
      const auto back = view(neighbours, membership, j, i);
      const bool again = j < i && back.has_value();  // met at j already
      const float p = membership[i * neighbours.each + n], q = back.value_or(0.0f);
      if (const float weight = p + q - p * q; j != i && !again && weight > 0)
        edges.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j), weight});
    }
  return edges;
}

AtlasCurve atlas_curve(double min_dist) {
  constexpr int kSamples = 300, kRounds = 100;
  constexpr double kReach = 3;
  const auto error_and_slopes = [&](AtlasCurve curve, double d) {
    const double wanted = d < min_dist ? 1 : std::exp(min_dist - d), power = std::pow(d, 2 * curve.b);
    const double value = 1 / (1 + curve.a * power), slope = -value * value * power;
    return std::array{wanted - value, slope, d > 0 ? slope * curve.a * 2 * std::log(d) : 0};
  };
  const auto sum_of_squares = [&](AtlasCurve curve) {
    double sum = 0;
    for (int i = 0; i < kSamples; ++i)
      sum += std::pow(error_and_slopes(curve, kReach * i / (kSamples - 1))[0], 2);
    return sum;
  };
  AtlasCurve curve;
  double damping = 1e-3, best = sum_of_squares(curve);
  for (int round = 0; round < kRounds; ++round) {
    double aa = 0, ab = 0, bb = 0, a = 0, b = 0;
    for (int i = 0; i < kSamples; ++i) {
      const auto [error, by_a, by_b] = error_and_slopes(curve, kReach * i / (kSamples - 1));
      aa += by_a * by_a;
      ab += by_a * by_b;
      bb += by_b * by_b;
      a += by_a * error;
      b += by_b * error;
    }
    aa *= 1 + damping;
    bb *= 1 + damping;
    const double determinant = aa * bb - ab * ab;
    if (!(determinant > 0)) break;
    const AtlasCurve tried{std::max(1e-6, curve.a + (bb * a - ab * b) / determinant),
                           std::max(1e-6, curve.b + (aa * b - ab * a) / determinant)};
    const double squares = sum_of_squares(tried);
    damping *= squares < best ? 0.3 : 5;
    if (squares < best) {
      curve = tried;
      best = squares;
    }
  }
  return curve;
}

}  // namespace entrain
