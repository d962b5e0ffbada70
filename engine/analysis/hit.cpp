#include "engine/analysis/hit.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace entrain {
namespace {

constexpr float kOnsetBelowPeak = 0.00316f;  // -50 dB
constexpr std::size_t kMostRanked = 1'024;
constexpr double kFloor = -80;

float magnitude(const std::vector<float>& left, const std::vector<float>& right, std::size_t i) {
  return right.empty() ? std::abs(left[i]) : std::max(std::abs(left[i]), std::abs(right[i]));
}

/// A band-pass of two poles (Simper: Linear trapezoidal state variable filter, 2013), half an octave wide.
class Band {
 public:
  Band(double hertz, double rate) {
    const double g = std::tan(std::numbers::pi * std::min(hertz / rate, 0.45)),
                 k = 0.348;  // 1 / Q of half an octave
    a1_ = 1 / (1 + g * (g + k));
    a2_ = g * a1_;
    a3_ = g * a2_;
    gain_ = k;
  }
  double pass(double x) {
    const double v3 = x - s2_, v1 = a1_ * s1_ + a2_ * v3, v2 = s2_ + a2_ * s1_ + a3_ * v3;
    s1_ = 2 * v1 - s1_;
    s2_ = 2 * v2 - s2_;
    return gain_ * v1;
  }

 private:
  double a1_, a2_, a3_, gain_, s1_ = 0, s2_ = 0;
};

double decibels(double power) { return power > 0 ? std::max(kFloor, 10 * std::log10(power)) : kFloor; }

}  // namespace

std::int64_t pre_roll(const std::vector<float>& left, const std::vector<float>& right, int rate) {
  float peak = 0;
  for (std::size_t i = 0; i < left.size(); ++i) peak = std::max(peak, magnitude(left, right, i));
  if (!(peak > 0)) return 0;
  std::size_t first = 0;
  while (magnitude(left, right, first) < peak * kOnsetBelowPeak) ++first;
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(first) - rate / 1000);
}

Timbre timbre_of(const std::vector<float>& left, const std::vector<float>& right, std::int64_t onset,
                 int rate) {
  const auto begin = static_cast<std::size_t>(onset);
  const auto at = [&](double seconds) {
    return std::min(left.size(), begin + static_cast<std::size_t>(seconds * rate));
  };
  const std::size_t middle = at(0.05), end = at(0.3);
  const auto mono = [&](std::size_t i) {
    const double x = right.empty() ? static_cast<double>(left[i])
                                   : 0.5 * (static_cast<double>(left[i]) + static_cast<double>(right[i]));
    return std::isfinite(x) ? x : 0.0;
  };
  Timbre timbre{};
  double whole = 1e-20;
  for (std::size_t i = begin; i < end; ++i) whole += mono(i) * mono(i);
  for (int b = 0; b < kTimbreBands; ++b) {
    Band band(40 * std::exp2(b / 2.0), rate);
    double early = 0, late = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double y = band.pass(mono(i));
      (i < middle ? early : late) += y * y;
    }
    timbre[static_cast<std::size_t>(b)] = static_cast<float>(decibels(early / whole));
    timbre[static_cast<std::size_t>(kTimbreBands + b)] = static_cast<float>(decibels(late / whole));
  }
  // From the onset to the peak, and from there until a tenth of it is left.
  std::size_t peak = begin;
  for (std::size_t i = begin; i < end; ++i)
    if (std::abs(mono(i)) > std::abs(mono(peak))) peak = i;
  std::size_t last = peak;
  for (std::size_t i = peak; i < left.size(); ++i)
    if (std::abs(mono(i)) > 0.1 * std::abs(mono(peak))) last = i;
  const auto octaves = [&](std::size_t frames) {
    return static_cast<float>(6 * std::log2(1 + 1000.0 * static_cast<double>(frames) / rate));
  };
  timbre[2 * kTimbreBands] = octaves(peak - begin);
  timbre[2 * kTimbreBands + 1] = octaves(last - peak);
  return timbre;
}

Cluster make_cluster(std::string name, std::vector<std::shared_ptr<const Asset>> samples, int rate) {
  Cluster cluster{std::move(name), std::move(samples), {}};
  const std::size_t size = cluster.samples.size();
  if (size < 2 || size > kMostRanked) return cluster;
  std::vector<Timbre> timbres;
  for (const auto& sample : cluster.samples)
    timbres.push_back(timbre_of(sample->left, sample->right, sample->onset, rate));
  for (std::size_t i = 0; i < size; ++i) {
    std::vector<std::pair<float, std::uint16_t>> others;
    for (std::size_t j = 0; j < size; ++j) {
      if (j == i) continue;
      const float distance =
          std::transform_reduce(timbres[i].begin(), timbres[i].end(), timbres[j].begin(), 0.0f, std::plus<>(),
                                [](float a, float b) { return (a - b) * (a - b); });
      others.emplace_back(distance, static_cast<std::uint16_t>(j));
    }
    std::sort(others.begin(), others.end());
    for (const auto& other : others) cluster.neighbours.push_back(other.second);
  }
  return cluster;
}

}  // namespace entrain
