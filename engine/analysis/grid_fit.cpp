#include "engine/analysis/grid_fit.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace entrain {
namespace {

constexpr double kNear = 0.1;          // of a period: onsets this near a beat belong to it
constexpr double kMostChange = 0.015;  // of a period
constexpr std::size_t kLeastPairs = 24;
constexpr double kNearer = 0.5;  // of the pairs' stray

struct Weighted {
  double value = 0, weight = 0;
};

/// The value below which half of the weight lies; 0 for none.
double median(std::vector<Weighted> all) {
  std::sort(all.begin(), all.end(), [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  double whole = 0, below = 0;
  for (const Weighted& w : all) whole += w.weight;
  for (const Weighted& w : all)
    if ((below += w.weight) >= whole / 2) return w.value;
  return 0;
}

/// Of onsets about whole beats apart: how long a beat is between them, weighed by strength and distance.
std::vector<Weighted> pairs(std::span<const Onset> onsets, double period) {
  std::vector<Weighted> all;
  for (std::size_t i = 0; i < onsets.size(); ++i)
    for (std::size_t j = i + 1; j < onsets.size(); ++j) {
      const double apart = onsets[j].seconds - onsets[i].seconds, beats = std::round(apart / period);
      if (beats > kFarthestPair) break;
      if (beats < 1 || std::abs(apart / period - beats) > kNear) continue;
      const double strength =
          static_cast<double>(onsets[i].strength) * static_cast<double>(onsets[j].strength);
      all.push_back({apart / beats, strength * beats});
    }
  return all;
}

double stray_of(std::vector<Weighted> all, double from) {
  for (Weighted& w : all) w.value = std::abs(w.value - from);
  return median(std::move(all));
}

}  // namespace

double period_of_pairs(std::span<const Onset> onsets, double period) {
  auto all = pairs(onsets, period);
  return all.size() < kLeastPairs ? period : median(std::move(all));
}

double period_set_right(std::span<const Onset> onsets, double period, double seconds) {
  const double other = period_of_pairs(onsets, period), change = std::abs(other / period - 1);
  if (change > kMostChange || change * seconds < kDrift) return period;
  const auto all = pairs(onsets, period);
  return stray_of(all, other) <= kNearer * stray_of(all, period) ? other : period;
}

PhaseFit phase_fit(std::span<const Onset> onsets, double first, double period) {
  std::vector<Weighted> apart;
  for (const Onset& o : onsets) {
    const double beats = (o.seconds - first) / period, off = (beats - std::round(beats)) * period;
    if (std::abs(off) <= kNear * period) apart.push_back({off, static_cast<double>(o.strength)});
  }
  const double late = median(apart);
  return {late, stray_of(apart, late), static_cast<int>(apart.size())};
}

}  // namespace entrain
