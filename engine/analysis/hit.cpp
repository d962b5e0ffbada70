#include "engine/analysis/hit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "engine/analysis/hit_features.h"
#include "engine/analysis/samples.h"
#include "engine/analysis/stft.h"

namespace entrain {
namespace {

constexpr float kOnsetBelowPeak = 0.00316f;  // -50 dB
constexpr std::size_t kMostRanked = 1'024;

float magnitude(const std::vector<float>& left, const std::vector<float>& right, std::size_t i) {
  return right.empty() ? std::abs(left[i]) : std::max(std::abs(left[i]), std::abs(right[i]));
}

}  // namespace

std::int64_t pre_roll(const std::vector<float>& left, const std::vector<float>& right, int rate) {
  const float peak = std::max(highest(left), highest(right));
  if (!(peak > 0)) return 0;
  std::size_t first = 0;
  while (magnitude(left, right, first) < peak * kOnsetBelowPeak) ++first;
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(first) - rate / 1000);
}

Descriptors describe_hit(const Pcm& pcm, Describer& describe) {
  const auto onset = static_cast<std::size_t>(pre_roll(pcm.left, pcm.right, pcm.rate));
  const auto sound = mono(pcm);
  return describe(std::span(sound).subspan(onset));
}

Cluster make_cluster(std::string name, std::vector<std::shared_ptr<const Asset>> samples, int rate) {
  Cluster cluster{std::move(name), std::move(samples), {}};
  const std::size_t size = cluster.samples.size();
  if (size < 2 || size > kMostRanked) return cluster;
  Describer describe(rate);
  std::vector<Timbre> timbres;
  for (const auto& sample : cluster.samples) {
    const auto sound = mono(sample->left, sample->right);
    timbres.push_back(timbre_of(describe(std::span(sound).subspan(static_cast<std::size_t>(sample->onset)))));
  }
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
