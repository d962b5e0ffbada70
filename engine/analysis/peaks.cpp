#include "engine/analysis/peaks.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/analysis/samples.h"
#include "engine/analysis/spectral.h"
#include "engine/analysis/stft.h"
#include "engine/analysis/wide.h"

namespace entrain {
namespace {

constexpr double kRate = 22'050;  // the seed's
constexpr float kRange = 80;      // dB: librosa's top_db
constexpr float kProminence = 10;
constexpr std::size_t kDistance = 5;

/// Where the plateau (of at least one value) ends that begins at `first`.
std::size_t plateau_end(std::span<const float> curve, std::size_t first) {
  std::size_t end = first + 1;
  while (end < curve.size() && curve[end] == curve[first]) ++end;
  return end;
}

/// Finds the peaks of one curve after another.
class PeakFinder {
 public:
  /// As find_peaks(); valid until the next curve.
  const std::vector<std::size_t>& operator()(std::span<const float> curve, float prominence,
                                             std::size_t distance) {
    found_.clear();
    if (curve.size() < 3) return found_;
    see(curve);
    distance_ = distance;
    fates_.assign(turns_, Fate::kOpen);
    each_prominent(prominence, [&](std::size_t turn) {
      if (stays(turn)) found_.push_back(middle(turn));
    });
    return found_;
  }

 private:
  enum class Fate : std::uint8_t { kOpen, kStays, kGoes };

  /// Notes the ends of the curve, and between them where it turns: from a turn to the next it rises or falls,
  /// or goes on after a plateau. Of a plateau its first point.
  void see(std::span<const float> curve) {
    curve_ = curve;
    turning_.resize(curve.size());
    places_.resize(curve.size() + 1);
    heights_.resize(curve.size() + 1);
    widely([size = curve.size(), x = curve.data(), to = turning_.data()] {
      for (std::size_t i = 1; i + 1 < size; ++i) {
        const float before = x[i - 1], here = x[i], after = x[i + 1];
        to[i] = ((before < here) & (here >= after)) | ((before > here) & (here <= after));
      }
    });
    places_[0] = 0;
    turns_ = 1;
    for (std::size_t i = 1; i + 1 < curve.size(); ++i) {  // without a branch: half would be a surprise
      places_[turns_] = static_cast<std::uint32_t>(i);
      turns_ += turning_[i];
    }
    places_[turns_++] = static_cast<std::uint32_t>(curve.size() - 1);
    for (std::size_t k = 0; k < turns_; ++k) heights_[k] = curve[places_[k]];
  }

  /// Whether a turn is higher than both neighbours, or its plateau is.
  bool is_maximum(std::size_t k) const {
    return k > 0 && k + 1 < turns_ && heights_[k] > heights_[k - 1] && heights_[k] > heights_[k + 1];
  }
  std::size_t middle(std::size_t k) const { return (places_[k] + plateau_end(curve_, places_[k]) - 1) / 2; }

  /// Those maxima from which the curve falls by `prominence` on both sides before it exceeds them: the highest
  /// between two falls, where it rose as much after the first.
  template <class What>
  void each_prominent(float prominence, What what) {
    const std::vector<float>& heights = heights_;
    for (std::size_t k = 0; k < turns_;) {
      float low = heights[k++];
      while (k < turns_ && !((heights[k] > low) & (heights[k] - low >= prominence)))
        low = std::min(low, heights[k++]);
      std::size_t highest = k;
      float top = low;
      while (k < turns_ && !((heights[k] < top) & (top - heights[k] >= prominence))) {
        highest = heights[k] > top ? k : highest;
        top = std::max(top, heights[k++]);
      }
      for (std::size_t at = highest; at < k && k < turns_; ++at)  // as high again, it stands out as well
        if (heights[at] == top) what(at);
    }
  }

  /// Whether a maximum stays when of two that lie too near only the higher one does (of equals the later). The
  /// highest of those that are undecided around it stays: from a maximum one climbs to such a one, until it
  /// is itself decided.
  bool stays(std::size_t k) {
    while (fates_[k] == Fate::kOpen) {
      std::size_t top = k;
      for (std::size_t next; (next = highest_near(top)) != top;) top = next;
      each_near(top, [&](std::size_t near) { fates_[near] = Fate::kGoes; });
      fates_[top] = Fate::kStays;
    }
    return fates_[k] == Fate::kStays;
  }
  template <class What>
  void each_near(std::size_t k, What what) const {
    const std::size_t here = middle(k);
    for (std::size_t q = k; q-- > 1;)
      if (is_maximum(q)) {
        if (here - middle(q) >= distance_) break;
        what(q);
      }
    for (std::size_t q = k + 1; q + 1 < turns_; ++q)
      if (is_maximum(q)) {
        if (middle(q) - here >= distance_) break;
        what(q);
      }
  }
  std::size_t highest_near(std::size_t k) const {
    std::size_t highest = k;
    each_near(k, [&](std::size_t q) {
      const bool higher = heights_[q] > heights_[highest] || (heights_[q] == heights_[highest] && q > highest);
      if (fates_[q] == Fate::kOpen && higher) highest = q;
    });
    return highest;
  }

  std::span<const float> curve_;
  std::size_t distance_ = 1, turns_ = 0;
  std::vector<std::uint8_t> turning_;  // of each place
  std::vector<std::uint32_t> places_;  // of turns
  std::vector<float> heights_;         // of turns
  std::vector<Fate> fates_;            // of turns; only those of maxima are decided
  std::vector<std::size_t> found_;
};

int length_of(double seeds_samples, int rate) {
  return std::max(2, fast_length(static_cast<int>(std::lround(seeds_samples * rate / kRate))));
}

}  // namespace

std::vector<std::size_t> find_peaks(std::span<const float> curve, float prominence, std::size_t distance) {
  return PeakFinder()(curve, prominence, distance);
}

std::vector<SpectralPeak> spectral_peaks(std::span<const float> mono, int rate, std::size_t most) {
  Stft stft(length_of(kSeedWindow, rate),
            std::max(1, static_cast<int>(std::lround(kSeedHop * rate / kRate))));
  const double bin_hz = static_cast<double>(rate) / stft.size();
  const std::size_t bins = std::min(static_cast<std::size_t>(stft.bins()),
                                    static_cast<std::size_t>(kRate / 2 / bin_hz + 1e-6) + 1);
  const std::size_t frames = stft.frames(mono.size()), used = std::min(frames, most);
  const auto all = static_cast<std::size_t>(stft.bins());
  std::vector<float> levels(used * bins + all -
                            bins);  // dB, frame after frame; what lies above `bins` is overwritten
  for (std::size_t i = 0; i < used; ++i)
    stft.power(mono, i * frames / used, std::span(levels).subspan(i * bins, all));
  levels.resize(used * bins);
  std::vector<SpectralPeak> peaks;
  const float highest_power = levels.empty() ? 0 : largest_of(levels);
  if (!(highest_power > 0)) return peaks;
  const float top = decibels_of(static_cast<double>(highest_power), -400);
  decibels_of(levels, top - kRange, levels);
  PeakFinder find;
  for (std::size_t i = 0; i < used; ++i) {
    const auto spectrum = std::span(levels).subspan(i * bins, bins);
    for (const std::size_t bin : find(spectrum, kProminence, kDistance))
      peaks.push_back({i * frames / used, static_cast<float>(static_cast<double>(bin) * bin_hz),
                       std::min(0.0f, spectrum[bin] - top)});
  }
  return peaks;
}

PeakGroups group_peaks(std::span<const SpectralPeak> peaks) {
  PeakGroups groups{};
  std::array<double, kPeakBands.size()> hertz{}, energy{};
  for (const SpectralPeak& peak : peaks) {
    std::size_t band = 0;
    while (band + 1 < kPeakBands.size() && peak.hertz >= kPeakBands[band].below) ++band;
    ++groups[band].count;
    hertz[band] += static_cast<double>(peak.hertz);
    energy[band] += std::pow(10, static_cast<double>(peak.decibels) / 20);
  }
  for (std::size_t band = 0; band < groups.size(); ++band) {
    if (groups[band].count == 0) continue;
    groups[band].hertz = static_cast<float>(hertz[band] / groups[band].count);
    groups[band].energy = static_cast<float>(energy[band] / groups[band].count);
  }
  return groups;
}

}  // namespace entrain
