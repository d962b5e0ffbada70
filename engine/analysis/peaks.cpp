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

using Places = std::vector<std::size_t>;

/// Where the plateau (of at least one value) ends that begins at `first`.
std::size_t plateau_end(std::span<const float> curve, std::size_t first) {
  std::size_t end = first + 1;
  while (end < curve.size() && curve[end] == curve[first]) ++end;
  return end;
}

/// The ends of a curve of at least one point, and between them where it turns: from a turn to the next it
/// rises or falls, or goes on after a plateau. Of a plateau its first point.
Places turns(std::span<const float> curve) {
  std::vector<std::uint8_t> turning(curve.size());
  widely([size = curve.size(), x = curve.data(), to = turning.data()] {
    for (std::size_t i = 1; i + 1 < size; ++i) {
      const float before = x[i - 1], here = x[i], after = x[i + 1];
      to[i] = ((before < here) & (here >= after)) | ((before > here) & (here <= after));
    }
  });
  Places found(curve.size() + 1);
  std::size_t count = 1;
  for (std::size_t i = 1; i + 1 < curve.size(); ++i) {  // without a branch: half of them would be a surprise
    found[count] = i;
    count += turning[i];
  }
  found[count] = curve.size() - 1;
  found.resize(count + 1);
  return found;
}

/// Which turns are higher than both neighbours; of a plateau its middle.
Places maxima(std::span<const float> curve, const Places& turns) {
  Places found(turns.size());
  std::size_t count = 0;
  for (std::size_t k = 1; k + 1 < turns.size(); ++k) {
    found[count] = turns[k];
    count += static_cast<std::size_t>(curve[turns[k] - 1] < curve[turns[k]]);
  }
  std::size_t kept = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t end = plateau_end(curve, found[k]);
    if (end < curve.size() && curve[end] < curve[found[k]]) found[kept++] = (found[k] + end - 1) / 2;
  }
  found.resize(kept);
  return found;
}

/// Those maxima from which the curve falls by `prominence` on both sides before it exceeds them: the highest
/// between two falls, where it rose as much after the first.
Places prominent_maxima(std::span<const float> curve, const Places& turns, float prominence) {
  const std::size_t size = turns.size();
  std::vector<float> heights(size);
  for (std::size_t k = 0; k < size; ++k) heights[k] = curve[turns[k]];
  Places found;
  for (std::size_t k = 0; k < size;) {
    float low = heights[k++];
    while (k < size && !((heights[k] > low) & (heights[k] - low >= prominence)))
      low = std::min(low, heights[k++]);
    std::size_t highest = k;
    float top = low;
    while (k < size && !((heights[k] < top) & (top - heights[k] >= prominence))) {
      highest = heights[k] > top ? k : highest;
      top = std::max(top, heights[k++]);
    }
    for (std::size_t at = highest; at < k && k < size; ++at)  // as high again, it stands out as well
      if (heights[at] == top) found.push_back((turns[at] + plateau_end(curve, turns[at]) - 1) / 2);
  }
  return found;
}

/// Which of some maxima stay when of two that lie too near only the higher one does (of equals the later).
class KeptApart {
 public:
  KeptApart(std::span<const float> curve, const Places& places, std::size_t distance)
      : curve_(curve), places_(places), distance_(distance), fates_(places.size(), Fate::kOpen) {}

  /// The highest of those that are undecided around it stays: from `p` one climbs to such a one, until `p`
  /// itself is decided.
  bool stays(std::size_t p) {
    while (fates_[p] == Fate::kOpen) {
      std::size_t top = p;
      for (std::size_t next; (next = highest_near(top)) != top;) top = next;
      each_near(top, [&](std::size_t q) { fates_[q] = Fate::kGoes; });
      fates_[top] = Fate::kStays;
    }
    return fates_[p] == Fate::kStays;
  }

 private:
  enum class Fate : std::uint8_t { kOpen, kStays, kGoes };

  template <class What>
  void each_near(std::size_t p, What what) const {
    for (std::size_t q = p; q-- > 0 && places_[p] - places_[q] < distance_;) what(q);
    for (std::size_t q = p + 1; q < places_.size() && places_[q] - places_[p] < distance_; ++q) what(q);
  }
  std::size_t highest_near(std::size_t p) const {
    std::size_t highest = p;
    each_near(p, [&](std::size_t q) {
      const float top = curve_[places_[highest]], there = curve_[places_[q]];
      if (fates_[q] == Fate::kOpen && (there > top || (there == top && q > highest))) highest = q;
    });
    return highest;
  }

  std::span<const float> curve_;
  const Places& places_;
  std::size_t distance_;
  std::vector<Fate> fates_;
};

int length_of(double seeds_samples, int rate) {
  return std::max(2, fast_length(static_cast<int>(std::lround(seeds_samples * rate / kRate))));
}

}  // namespace

std::vector<std::size_t> find_peaks(std::span<const float> curve, float prominence, std::size_t distance) {
  if (curve.size() < 3) return {};
  const Places places = turns(curve), all = maxima(curve, places);
  Places peaks = prominent_maxima(curve, places, prominence);
  KeptApart apart(curve, all, distance);
  std::size_t kept = 0, p = 0;
  for (const std::size_t peak : peaks) {
    while (all[p] != peak) ++p;
    if (apart.stays(p)) peaks[kept++] = peak;
  }
  peaks.resize(kept);
  return peaks;
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
  for (std::size_t i = 0; i < used; ++i) {
    const auto spectrum = std::span(levels).subspan(i * bins, bins);
    for (const std::size_t bin : find_peaks(spectrum, kProminence, kDistance))
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
