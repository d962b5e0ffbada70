#include "engine/analysis/spectral.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace entrain {

float decibels_of(double ratio, float floor) {
  return ratio > 0 ? std::max(floor, static_cast<float>(10 * std::log10(ratio))) : floor;
}

double sum_of(std::span<const float> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

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
  constexpr std::size_t kTogether = 8;  // products of so many bins stand for sums of logarithms
  const double mean = sum_of(power) / static_cast<double>(power.size());
  if (!(mean > 0)) return 1;
  double logs = 0;
  for (std::size_t i = 0; i < power.size();) {
    double product = 1;
    for (const std::size_t end = std::min(i + kTogether, power.size()); i < end; ++i)
      product *= std::max(static_cast<double>(power[i]) / mean, 1e-12);
    logs += std::log(product);
  }
  return std::min(1.0, std::exp(logs / static_cast<double>(power.size())));
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
