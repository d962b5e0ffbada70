#include "engine/analysis/weighted_sums.h"

#include <algorithm>

#include "engine/analysis/wide.h"

namespace entrain {
namespace {

constexpr std::size_t kGroup = kFloats;
using Quad = float __attribute__((vector_size(4 * sizeof(float)), aligned(4), may_alias));

}  // namespace

WeightedSums::WeightedSums(std::size_t width) : width_(width) {}

void WeightedSums::add(std::size_t first, std::span<const float> weights) {
  for (std::size_t at = 0; at < weights.size(); at += kGroup) {
    const std::size_t group = std::min(first + at, width_ - kGroup);  // the last one may begin earlier
    const auto part = weights.subspan(at, std::min(kGroup, weights.size() - at));
    firsts_.push_back(static_cast<std::uint32_t>(group));
    weights_.resize(weights_.size() + kGroup);
    std::ranges::copy(part, weights_.end() - kGroup + static_cast<std::ptrdiff_t>(first + at - group));
  }
  ends_.push_back(static_cast<std::uint32_t>(firsts_.size()));
}

void WeightedSums::apply(std::span<const float> values, std::span<float> out) const {
  widely([=, rows = ends_.size(), ends = ends_.data(), firsts = firsts_.data(), weights = weights_.data(),
          from = values.data(), to = out.data()] {
    std::size_t g = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      Floats sums{};
      for (; g < ends[r]; ++g) sums += floats_at(weights + g * kGroup) * floats_at(from + firsts[g]);
      const Quad *const halves = reinterpret_cast<const Quad*>(&sums), sum = halves[0] + halves[1];
      to[r] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
  });
}

}  // namespace entrain
