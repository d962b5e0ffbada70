#include "engine/analysis/spectral.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <utility>

#include "engine/analysis/wide.h"

namespace entrain {

float decibels_of(double ratio, float floor) {
  return ratio > 0 ? std::max(floor, static_cast<float>(10 * std::log10(ratio))) : floor;
}

void decibels_of(std::span<const float> ratios, float floor, std::span<float> out) {
  // x = m 2^e and t = (m - 1) / (m + 1): ln m = 2 artanh t, as a series for m between sqrt(1/2) and sqrt(2).
  constexpr float kLeast = 1.2e-38f, kOctave = 3.01029996f, kTwiceNeper = 8.68588964f;
  constexpr std::int32_t kRootOfHalf = 0x3f35'04f3, kMantissa = 0x007f'ffff;
  widely([=] {
    for (std::size_t i = 0; i < ratios.size(); ++i) {
      const float x = ratios[i] > kLeast ? ratios[i] : kLeast;
      const std::int32_t bits = std::bit_cast<std::int32_t>(x) - kRootOfHalf;
      const float m = std::bit_cast<float>((bits & kMantissa) + kRootOfHalf);
      const float t = (m - 1) / (m + 1), u = t * t;
      const float series = t * (1 + u * (1 / 3.0f + u * (1 / 5.0f + u * (1 / 7.0f + u * (1 / 9.0f)))));
      const float level = kOctave * static_cast<float>(bits >> 23) + kTwiceNeper * series;
      out[i] = level > floor ? level : floor;
    }
  });
}

double sum_of(std::span<const float> values) {
  return widely([=] { return std::accumulate(values.begin(), values.end(), 0.0); });
}

float largest_of(std::span<const float> values) {
  return widely([=] {
    std::size_t i = 0;
    float most = values[0];
    if (values.size() >= kFloats) {
      Floats tops = floats_at(values.data());
      for (; i + kFloats <= values.size(); i += kFloats) {
        const Floats here = floats_at(values.data() + i);
        tops = here > tops ? here : tops;
      }
      for (std::size_t k = 0; k < kFloats; ++k) most = std::max(most, tops[k]);
    }
    for (; i < values.size(); ++i) most = std::max(most, values[i]);
    return most;
  });
}

double frequency_of(std::size_t bin, std::size_t bins, int rate) {
  return static_cast<double>(bin) * rate / (2 * static_cast<double>(bins - 1));
}

std::span<const float> bins_between(std::span<const float> power, int rate, double low, double high) {
  const double per_bin = frequency_of(1, power.size(), rate);
  const auto bin = [&](double hertz) { return static_cast<std::size_t>(std::ceil(hertz / per_bin)); };
  const std::size_t from = std::min(bin(low), power.size() - 1);
  return power.subspan(from, std::max<std::size_t>(1, std::min(bin(high), power.size()) - from));
}

double flatness_of(std::span<const float> power) {
  const double mean = sum_of(power) / static_cast<double>(power.size());
  if (!(mean > 0)) return 1;
  const double mean_level = 10 * std::log10(mean);
  const auto floor = static_cast<float>(mean_level - 120);
  std::array<float, 256> levels;
  double sum = 0;
  for (std::size_t i = 0; i < power.size(); i += levels.size()) {
    const auto part = power.subspan(i, std::min(levels.size(), power.size() - i));
    decibels_of(part, floor, levels);
    sum += sum_of(std::span(levels).first(part.size()));
  }
  return std::min(1.0, std::pow(10, (sum / static_cast<double>(power.size()) - mean_level) / 10));
}

void cosine_transform(std::span<const float> in, std::span<float> out) {
  const auto size = static_cast<double>(in.size());
  for (std::size_t c = 0; c < out.size(); ++c) {
    // cos(w (i + 1/2)) for i = 0, 1, ... by Chebyshev's recursion.
    const double w = std::numbers::pi * static_cast<double>(c) / size, twice = 2 * std::cos(w);
    double before = std::cos(-w / 2), now = std::cos(w / 2), sum = 0;
    for (const float value : in) {
      sum += now * static_cast<double>(value);
      before = std::exchange(now, twice * now - before);
    }
    out[c] = static_cast<float>(sum * std::sqrt(2 / size));
  }
}

}  // namespace entrain
