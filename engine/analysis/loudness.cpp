#include "engine/analysis/loudness.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "engine/analysis/samples.h"
#include "engine/analysis/true_peak.h"
#include "engine/units/dsp/k_weighting.h"

namespace entrain {
namespace {

constexpr std::size_t kGating = 4, kShortTerm = 30, kShortTermHop = 10;  // tenths of a second
constexpr double kRelativeGate = -10, kRangeGate = -20;                  // LU
constexpr double kFaded = 1e-100;                                        // a filter's state that is silent

using Sides = double __attribute__((vector_size(2 * sizeof(double))));  // left and right at once

double lufs_of(double energy) { return -0.691 + 10 * std::log10(energy); }
double energy_of_lufs(double lufs) { return std::pow(10, (lufs + 0.691) / 10); }

/// Filters both sides.
class Weighted {
 public:
  explicit Weighted(int rate) : k_(rate) {}

  /// The squares of `count` frames, summed.
  double energy(const float* left, const float* right, std::size_t count) {
    const Biquad &shelf = k_.shelf, &high = k_.high;
    Sides a = a_, b = b_, c = c_, d = d_, sum{};
    for (std::size_t i = 0; i < count; ++i) {
      const Sides x{static_cast<double>(sound_or_silence(left[i])),
                    static_cast<double>(sound_or_silence(right[i]))};
      const Sides y = shelf.b0 * x + a;
      a = (shelf.b1 * x + b) - shelf.a1 * y;
      b = shelf.b2 * x - shelf.a2 * y;
      const Sides z = y + c;
      c = (d - 2 * y) - high.a1 * z;
      d = y - high.a2 * z;
      sum += z * z;
    }
    a_ = heard(a), b_ = heard(b), c_ = heard(c), d_ = heard(d);
    return sum[0] + sum[1];
  }

 private:
  /// Spares the processor what is too small for its normal numbers.
  static Sides heard(Sides state) {
    for (int side = 0; side < 2; ++side)
      if (std::abs(state[side]) < kFaded) state[side] = 0;
    return state;
  }

  KWeighting k_;
  Sides a_{}, b_{}, c_{}, d_{};  ///< states of the shelf, of the high pass
};

/// Weighted energies of whole tenths of a second; a sound that does not fill a gating block is followed by
/// silence until it does.
std::vector<double> tenths_of(const Pcm& pcm) {
  const auto tenth = static_cast<std::size_t>((pcm.rate + 5) / 10);
  const bool shorter = pcm.left.size() < kGating * tenth;
  std::vector<double> tenths;
  Weighted weighted(pcm.rate);
  for (std::size_t from = 0; from < pcm.left.size(); from += tenth) {
    const std::size_t count = std::min(tenth, pcm.left.size() - from);
    if (count < tenth && !shorter) break;
    tenths.push_back(weighted.energy(&pcm.left[from], &pcm.right[from], count) / static_cast<double>(tenth));
  }
  tenths.resize(std::max(tenths.size(), kGating));
  return tenths;
}

/// Mean energies of `length` tenths every `hop` that lie above the absolute gate.
std::vector<double> blocks(std::span<const double> tenths, std::size_t length, std::size_t hop) {
  static const double gate = energy_of_lufs(Loudness::kSilence);
  std::vector<double> out;
  for (std::size_t from = 0; from + length <= tenths.size(); from += hop) {
    const auto part = tenths.subspan(from, length);
    const double mean = std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(length);
    if (mean >= gate) out.push_back(mean);
  }
  return out;
}

double mean_of(std::span<const double> energies) {
  return std::accumulate(energies.begin(), energies.end(), 0.0) / static_cast<double>(energies.size());
}

/// Keeps what is no more than `gate` LU below the mean. At least the loudest stays.
void keep_above(std::vector<double>& energies, double gate) {
  const double least = mean_of(energies) * std::pow(10, gate / 10);
  std::erase_if(energies, [&](double energy) { return energy < least; });
}

double integrated(std::span<const double> tenths) {
  auto energies = blocks(tenths, kGating, 1);
  if (energies.empty()) return Loudness::kSilence;
  keep_above(energies, kRelativeGate);
  return lufs_of(mean_of(energies));
}

/// Between the 10th and the 95th percentile of the short-term loudness.
double range(std::span<const double> tenths) {
  auto energies = blocks(tenths, kShortTerm, kShortTermHop);
  if (energies.empty()) return 0;
  keep_above(energies, kRangeGate);
  std::ranges::sort(energies);
  const auto percentile = [&](double part) {
    return energies[static_cast<std::size_t>(part * static_cast<double>(energies.size() - 1) + 0.5)];
  };
  return lufs_of(percentile(0.95)) - lufs_of(percentile(0.10));
}

}  // namespace

Loudness measure_loudness(const Pcm& pcm) {
  const auto tenths = tenths_of(pcm);
  Loudness loudness;
  loudness.integrated = integrated(tenths);
  loudness.range = range(tenths);
  if (const float peak = std::max(true_peak(pcm.left, pcm.rate), true_peak(pcm.right, pcm.rate)); peak > 0)
    loudness.true_peak = std::max(Loudness::kLowestPeak, 20 * std::log10(static_cast<double>(peak)));
  return loudness;
}

}  // namespace entrain
