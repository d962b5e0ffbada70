#include "engine/analysis/loudness.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

#include "engine/analysis/samples.h"
#include "engine/analysis/true_peak.h"
#include "engine/analysis/wide.h"
#include "engine/units/dsp/k_weighting.h"

namespace entrain {
namespace {

constexpr std::ptrdiff_t kGating = 4, kShortTerm = 30, kShortTermHop = 10;  // tenths of a second
constexpr std::ptrdiff_t kLanes = 8;      // filtered side by side: parts of a sound, or of both its sides
constexpr std::ptrdiff_t kForgotten = 2;  // tenths: what came before is below -200 dB in the filters
constexpr double kRelativeGate = -10, kRangeGate = -20;  // LU
constexpr double kFaded = 1e-100;                        // a filter's state that is silent

double lufs_of(double energy) { return -0.691 + 10 * std::log10(energy); }
double energy_of_lufs(double lufs) { return std::pow(10, (lufs + 0.691) / 10); }

/// Filters kLanes stretches of sound, side by side.
class Weighted {
 public:
  using From = std::array<const float*, kLanes>;  ///< where they go on

  explicit Weighted(int rate) : k_(rate) {}

  /// The squares of `count` frames of each stretch, summed.
  std::array<double, kLanes> energy(const From& from, std::size_t count) {
    Lanes all{};
    widely([&, this] {
      const Biquad shelf = k_.shelf, high = k_.high;
      const From x = from;
      Lanes a = a_, b = b_, c = c_, d = d_, sum{};
      for (std::size_t i = 0; i < count; ++i) {
        const Frame in{x[0][i], x[1][i], x[2][i], x[3][i], x[4][i], x[5][i], x[6][i], x[7][i]};
        const Frame sound = (in >= -kLargestSample) & (in <= kLargestSample) ? in : Frame{};
        const Lanes heard = __builtin_convertvector(sound, Lanes);
        const Lanes y = shelf.b0 * heard + a;
        a = (shelf.b1 * heard + b) - shelf.a1 * y;
        b = shelf.b2 * heard - shelf.a2 * y;
        const Lanes z = y + c;
        c = (d - 2 * y) - high.a1 * z;
        d = y - high.a2 * z;
        sum += z * z;
      }
      a_ = a, b_ = b, c_ = c, d_ = d, all = sum;
    });
    for (Lanes* state : {&a_, &b_, &c_, &d_}) hush(*state);
    std::array<double, kLanes> energies{};
    for (std::size_t lane = 0; lane < energies.size(); ++lane) energies[lane] = all[lane];
    return energies;
  }

 private:
  using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));
  using Frame = float __attribute__((vector_size(kLanes * sizeof(float))));

  /// Spares the processor what is too small for its normal numbers.
  static void hush(Lanes& state) {
    for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane)
      if (std::abs(state[lane]) < kFaded) state[lane] = 0;
  }

  KWeighting k_;
  Lanes a_{}, b_{}, c_{}, d_{};  ///< states of the shelf, of the high pass
};

/// Weighted energies of whole tenths of a second; a sound that does not fill a gating block is followed by
/// silence until it does. A longer one is cut into parts, each filtered from a little before it begins. Of
/// sides that are `alike` one is filtered for both.
std::vector<double> tenths_of(const Pcm& pcm, bool alike) {
  const std::ptrdiff_t frames = std::ssize(pcm.left), tenth = (pcm.rate + 5) / 10;
  const bool shorter = frames < kGating * tenth;
  const std::ptrdiff_t whole = shorter ? (frames + tenth - 1) / tenth : frames / tenth;
  const std::ptrdiff_t parts = shorter ? 1 : alike ? kLanes : kLanes / 2;
  const std::ptrdiff_t each = (whole + parts - 1) / parts;  // tenths of a part
  const std::vector<float> silence(static_cast<std::size_t>(tenth));
  std::vector<double> tenths(static_cast<std::size_t>(std::max(whole, kGating)));
  Weighted weighted(pcm.rate);
  for (std::ptrdiff_t step = shorter ? 0 : -kForgotten; step < each; ++step) {
    const auto place = [&](std::ptrdiff_t part) {  // a tenth of the part's, or none
      const std::ptrdiff_t at = part * each + step;
      return at >= 0 && at < whole ? at : -1;
    };
    Weighted::From from;
    from.fill(silence.data());
    for (std::ptrdiff_t part = 0; part < parts; ++part) {
      if (place(part) < 0) continue;
      from[static_cast<std::size_t>(part)] = pcm.left.data() + place(part) * tenth;
      if (!alike) from[static_cast<std::size_t>(parts + part)] = pcm.right.data() + place(part) * tenth;
    }
    const auto energies = weighted.energy(
        from, static_cast<std::size_t>(shorter ? std::min(tenth, frames - step * tenth) : tenth));
    for (std::ptrdiff_t part = 0; part < parts; ++part) {
      if (step < 0 || place(part) < 0) continue;
      const double left = energies[static_cast<std::size_t>(part)],
                   right = alike ? left : energies[static_cast<std::size_t>(parts + part)];
      tenths[static_cast<std::size_t>(place(part))] = (left + right) / static_cast<double>(tenth);
    }
  }
  return tenths;
}

/// Mean energies of `length` tenths every `hop` that lie above the absolute gate.
std::vector<double> blocks(std::span<const double> tenths, std::ptrdiff_t length, std::ptrdiff_t hop) {
  static const double gate = energy_of_lufs(Loudness::kSilence);
  std::vector<double> out;
  for (std::ptrdiff_t from = 0; from + length <= std::ssize(tenths); from += hop) {
    const auto part = tenths.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(length));
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

/// Bit for bit, as the sides of mono files are; of others it is told at once.
bool are_alike(std::span<const float> left, std::span<const float> right) {
  if (left.size() != right.size() || left.empty()) return left.size() == right.size();
  return std::memcmp(left.data(), right.data(), left.size_bytes()) == 0;
}

}  // namespace

Loudness measure_loudness(const Pcm& pcm) {
  const bool alike = are_alike(pcm.left, pcm.right);
  const auto tenths = tenths_of(pcm, alike);
  Loudness loudness;
  loudness.integrated = integrated(tenths);
  loudness.range = range(tenths);
  float peak = true_peak(pcm.left, pcm.rate);
  if (!alike) peak = std::max(peak, true_peak(pcm.right, pcm.rate));
  if (peak > 0)
    loudness.true_peak = std::max(Loudness::kLowestPeak, 20 * std::log10(static_cast<double>(peak)));
  return loudness;
}

}  // namespace entrain
