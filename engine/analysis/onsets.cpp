#include "engine/analysis/onsets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>

#include "engine/analysis/samples.h"
#include "engine/analysis/weighted_sums.h"
#include "engine/analysis/wide.h"

namespace entrain {
namespace {

constexpr double kBefore = 0.10, kAfter = 0.07;           // seconds the mean of the novelty is taken over
constexpr double kAlone = 0.03;                           // seconds: a peak is the highest this far around
constexpr float kAboveMean = 0.9f, kOfStrongest = 0.06f;  // how high a peak is at least
constexpr double kBlock = 0.0005;                         // seconds of the fine envelopes
constexpr std::int64_t kEarlier = 20, kLater = 40;        // blocks a peak may be moved by
constexpr std::int64_t kSpan = 16;                        // blocks compared on either side
constexpr double kLeastRise = 0.2;                        // of a Rise
constexpr std::int64_t kBody = 120;                       // blocks in which a kick shows its weight
constexpr double kStart = 4e-4;                           // -34 dB of the loudest: what may begin a file
constexpr double kKickShare = 0.2;                        // of its energy below 150 Hz, at least
constexpr float kKickOfStrongest = 0.3f;                  // of the strongest low-band novelty, at least
constexpr double kLow = 150;                              // Hz

/// One pole, y += a (x - y), four samples at a time: y[n] = (1 - a)^4 y[n - 4] + what the last four x bring.
class LowPass {
 public:
  static constexpr std::size_t kLanes = 4;

  explicit LowPass(double cycles_per_sample) {
    const double stay = std::exp(-2 * std::numbers::pi * cycles_per_sample);
    for (std::size_t k = 0; k < kLanes; ++k)
      weights_[k] = static_cast<float>((1 - stay) * std::pow(stay, static_cast<double>(k)));
    stay_ = static_cast<float>(std::pow(stay, static_cast<double>(kLanes)));
  }

  /// `count`: a multiple of kLanes; x[-3 .. count - 1] is read.
  void operator()(const float* x, float* out, std::size_t count) {
    widely([=, weights = weights_] {
      for (std::size_t i = 0; i < count; ++i)
        out[i] = weights[0] * x[i] + weights[1] * *(x + i - 1) + weights[2] * *(x + i - 2) +
                 weights[3] * *(x + i - 3);
    });
    for (std::size_t i = 0; i < count; i += kLanes) {
      Lanes more;
      std::memcpy(&more, out + i, sizeof more);
      y_ = more + stay_ * y_;
      std::memcpy(out + i, &y_, sizeof y_);
    }
  }

 private:
  using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
  std::array<float, kLanes> weights_{};
  float stay_ = 0;
  Lanes y_{};
};

/// Energies of blocks of a signal seen through three filters: below about 150 Hz, whole, and its slope.
class Fine {
 public:
  Fine(std::span<const float> mono, int rate);

  std::int64_t block_at(double seconds) const {
    return std::clamp<std::int64_t>(std::llround(seconds * rate_), 0, blocks());
  }
  double seconds(std::int64_t block) const { return static_cast<double>(block) / rate_; }
  struct Rise {
    std::int64_t block = 0;
    double height = 0;  ///< sum over the filters of the logarithm of how many times the energy grows
  };
  /// Where, near a block, the energy after most exceeds the energy before.
  Rise steepest(std::int64_t about) const;
  /// Whether what is there when the file begins is more than the noise its sounds lie in.
  bool audible_at_start() const;
  /// Whether what begins here has a body below 150 Hz that was not there before.
  bool heavy(std::int64_t at) const;

 private:
  static constexpr std::size_t kLows = 0, kWhole = 1, kSlope = 2, kFilters = 3;
  static constexpr std::size_t kTogether = 64;  // blocks that are filtered at once
  using Squares = std::array<std::vector<float>, kFilters>;
  static void square(const float* x, const float* low, std::size_t count, Squares& out);

  /// As energy(), of what may lie before the file: noise that nobody hears.
  double energy_before(std::size_t filter, std::int64_t at) const {
    const double missing = static_cast<double>(std::max<std::int64_t>(0, kSpan - at)) / kSpan;
    return energy(filter, at - kSpan, at) + missing * kStart * loudest_[filter];
  }
  std::int64_t blocks() const { return static_cast<std::int64_t>(sums_[0].size()) - 1; }
  double energy(std::size_t filter, std::int64_t from, std::int64_t to) const {
    const auto at = [&](std::int64_t k) {
      return sums_[filter][static_cast<std::size_t>(std::clamp<std::int64_t>(k, 0, blocks()))];
    };
    return at(to) - at(from);
  }
  double floor(std::size_t filter) const {
    return 1e-6 * sums_[filter].back() / static_cast<double>(blocks()) * kSpan + 1e-15;
  }

  double rate_;                                     // blocks a second
  std::array<std::vector<double>, kFilters> sums_;  // running; one longer than there are blocks
  std::array<double, kFilters> loudest_{};          // energy of kSpan blocks
};

void silenced(std::span<const float> in, float* out) {
  widely([=] { std::ranges::transform(in, out, sound_or_silence); });
}

void Fine::square(const float* x, const float* low, std::size_t count, Squares& out) {
  widely([=, lows = out[kLows].data(), wholes = out[kWhole].data(), slopes = out[kSlope].data()] {
    for (std::size_t i = 0; i < count; ++i) {
      const float slope = x[i] - *(x + i - 1);
      lows[i] = low[i] * low[i];
      wholes[i] = x[i] * x[i];
      slopes[i] = slope * slope;
    }
  });
}

Fine::Fine(std::span<const float> mono, int rate) {
  const auto block = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(kBlock * rate)));
  rate_ = static_cast<double>(rate) / static_cast<double>(block);
  for (auto& sums : sums_) {
    sums.reserve(mono.size() / block + 2);
    sums.push_back(0);
  }
  LowPass low_pass(kLow / rate);
  constexpr std::size_t kPast = LowPass::kLanes;  // samples kept of those that went before
  const std::size_t together = kTogether * block;
  WeightedSums blocks(together);
  const std::vector<float> ones(block, 1.0f);
  for (std::size_t b = 0; b < kTogether; ++b) blocks.add(b * block, ones);
  std::vector<float> sound(kPast + together), low(together);
  Squares squares;
  squares.fill(std::vector<float>(together));
  std::array<float, kTogether> energies;
  for (std::size_t from = 0; from < mono.size(); from += together) {
    const std::size_t count = std::min(together, mono.size() - from);
    std::copy_n(sound.end() - kPast, kPast, sound.begin());
    silenced(mono.subspan(from, count), &sound[kPast]);
    low_pass(&sound[kPast], low.data(), together);
    square(&sound[kPast], low.data(), count, squares);
    for (std::size_t f = 0; f < kFilters; ++f) {
      std::fill(squares[f].begin() + static_cast<std::ptrdiff_t>(count), squares[f].end(), 0.0f);
      blocks.apply(squares[f], energies);
      double sum = sums_[f].back();
      for (std::size_t b = 0; b * block < count; ++b)
        sums_[f].push_back(sum += static_cast<double>(energies[b]));
    }
  }
  for (std::size_t f = 0; f < kFilters; ++f)
    for (std::int64_t at = 0; at < this->blocks(); at += kSpan)
      loudest_[f] = std::max(loudest_[f], energy(f, at, at + kSpan));
}

Fine::Rise Fine::steepest(std::int64_t about) const {
  Rise best{about, 0};
  for (auto at = std::max<std::int64_t>(0, about - kEarlier); at <= std::min(blocks(), about + kLater);
       ++at) {
    double score = 0;
    for (std::size_t f = 0; f < kFilters; ++f)
      score += std::max(
          0.0, std::log((energy(f, at, at + kSpan) + floor(f)) / (energy_before(f, at) + floor(f))));
    if (score > best.height) best = {at, score};
  }
  return best;
}

bool Fine::audible_at_start() const {
  double loudest = 0;
  for (std::int64_t at = 0; at < blocks(); at += kBody / 2)
    loudest = std::max(loudest, energy(kWhole, at, at + kBody));
  return energy(kWhole, 0, kBody) > kStart * loudest;
}

bool Fine::heavy(std::int64_t at) const {
  const double after = energy(kLows, at, at + kBody), before = energy(kLows, at - kBody / 2, at) * 2;
  return after > kKickShare * energy(kWhole, at, at + kBody) && after > 1.5 * before;
}

/// Where the curve stands out from its own mean and from all that is near.
std::vector<std::size_t> peaks(const std::vector<float>& curve, double rate) {
  const auto frames = [&](double seconds) { return static_cast<std::size_t>(std::lround(seconds * rate)); };
  const std::size_t before = frames(kBefore), after = frames(kAfter), alone = frames(kAlone);
  std::vector<double> sums{0};
  for (const float v : curve) sums.push_back(sums.back() + static_cast<double>(v));
  const float least = kOfStrongest * highest(curve);
  std::vector<std::size_t> found;
  for (std::size_t t = 0; t < curve.size(); ++t) {
    const double sum = sums[std::min(curve.size(), t + after + 1)] - sums[t - std::min(t, before)];
    const double mean = sum / static_cast<double>(before + after + 1);
    if (curve[t] < least || static_cast<double>(curve[t]) < mean + static_cast<double>(kAboveMean)) continue;
    const auto from = curve.begin() + static_cast<std::ptrdiff_t>(t - std::min(t, alone));
    const auto to = curve.begin() + static_cast<std::ptrdiff_t>(std::min(curve.size(), t + alone + 1));
    if (std::max_element(from, to) - curve.begin() == static_cast<std::ptrdiff_t>(t)) found.push_back(t);
  }
  return found;
}

}  // namespace

std::vector<Onset> find_onsets(std::span<const float> mono, int rate, const Novelty& novelty) {
  std::vector<Onset> onsets;
  const auto found = peaks(novelty.all, novelty.rate);
  if (found.empty() || mono.empty()) return onsets;
  const Fine fine(mono, rate);
  const float strongest = highest(novelty.all), strongest_low = highest(novelty.low);
  for (const std::size_t t : found) {
    const auto [block, height] = fine.steepest(fine.block_at(static_cast<double>(t) / novelty.rate));
    if (height < kLeastRise) continue;  // the end of a sound makes new frequencies, too
    if (block < kSpan && !fine.audible_at_start()) continue;
    Onset onset{fine.seconds(block), novelty.all[t] / strongest, novelty.low[t] / novelty.all[t], false};
    onset.kick = novelty.low[t] >= kKickOfStrongest * strongest_low && fine.heavy(block);
    const bool crowded = !onsets.empty() && onset.seconds < onsets.back().seconds + kAlone;
    if (crowded && onset.strength <= onsets.back().strength) continue;
    if (crowded) onsets.pop_back();
    onsets.push_back(onset);
  }
  return onsets;
}

}  // namespace entrain
