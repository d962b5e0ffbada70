#include "engine/analysis/peaks.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/analysis/samples.h"
#include "engine/analysis/spectral.h"
#include "engine/analysis/stft.h"

namespace entrain {
namespace {

constexpr double kRate = 22'050;  // the seed's
constexpr float kRange = 80;      // dB: librosa's top_db
constexpr float kProminence = 10;
constexpr std::size_t kDistance = 5;

std::vector<std::size_t> maxima(std::span<const float> curve) {
  std::vector<std::size_t> found;
  for (std::size_t i = 1; i + 1 < curve.size(); ++i) {
    if (!(curve[i - 1] < curve[i])) continue;
    std::size_t after = i + 1;
    while (after + 1 < curve.size() && curve[after] == curve[i]) ++after;
    if (!(curve[after] < curve[i])) continue;
    found.push_back((i + after - 1) / 2);
    i = after;
  }
  return found;
}

/// Leaves out what lies too near to something higher that stays. A peak is decided on once no higher one near
/// it is undecided; the highest of those left always can be.
void keep_apart(std::vector<std::size_t>& peaks, std::span<const float> curve, std::size_t distance) {
  enum class Fate : std::uint8_t { kOpen, kStays, kGoes };
  std::vector<Fate> fates(peaks.size(), Fate::kOpen);
  const auto each_near = [&](std::size_t p, auto what) {
    for (std::size_t q = p; q-- > 0 && peaks[p] - peaks[q] < distance;) what(q);
    for (std::size_t q = p + 1; q < peaks.size() && peaks[q] - peaks[p] < distance; ++q) what(q);
  };
  for (bool open = true; open;) {
    open = false;
    for (std::size_t p = 0; p < peaks.size(); ++p) {
      if (fates[p] != Fate::kOpen) continue;
      bool highest = true;
      each_near(p, [&](std::size_t q) {
        const float here = curve[peaks[p]], there = curve[peaks[q]];
        highest = highest && !(fates[q] == Fate::kOpen && (there > here || (there == here && q > p)));
      });
      open = open || !highest;
      if (!highest) continue;
      fates[p] = Fate::kStays;
      each_near(p, [&](std::size_t q) { fates[q] = Fate::kGoes; });
    }
  }
  std::size_t kept = 0;
  for (std::size_t p = 0; p < peaks.size(); ++p)
    if (fates[p] == Fate::kStays) peaks[kept++] = peaks[p];
  peaks.resize(kept);
}

/// Whether the curve falls by `prominence` on both sides before it exceeds the peak.
bool stands_out(std::span<const float> curve, std::size_t peak, float prominence) {
  const float top = curve[peak];
  const auto fallen = [&](std::size_t i) { return top - curve[i] >= prominence; };
  std::size_t before = peak, after = peak;
  while (!fallen(before))
    if (before-- == 0 || curve[before] > top) return false;
  while (!fallen(after))
    if (++after == curve.size() || curve[after] > top) return false;
  return true;
}

int length_of(double seeds_samples, int rate) {
  return std::max(2, fast_length(static_cast<int>(std::lround(seeds_samples * rate / kRate))));
}

}  // namespace

std::vector<std::size_t> find_peaks(std::span<const float> curve, float prominence, std::size_t distance) {
  auto peaks = maxima(curve);
  keep_apart(peaks, curve, distance);
  std::erase_if(peaks, [&](std::size_t peak) { return !stands_out(curve, peak, prominence); });
  return peaks;
}

std::vector<SpectralPeak> spectral_peaks(std::span<const float> mono, int rate, std::size_t most) {
  Stft stft(length_of(kSeedWindow, rate),
            std::max(1, static_cast<int>(std::lround(kSeedHop * rate / kRate))));
  const double bin_hz = static_cast<double>(rate) / stft.size();
  const std::size_t bins = std::min(static_cast<std::size_t>(stft.bins()),
                                    static_cast<std::size_t>(kRate / 2 / bin_hz + 1e-6) + 1);
  const std::size_t frames = stft.frames(mono.size()), used = std::min(frames, most);
  std::vector<float> levels;  // dB, frame after frame
  for (std::size_t i = 0; i < used; ++i) {
    const auto power = stft.power(mono, i * frames / used).first(bins);
    levels.insert(levels.end(), power.begin(), power.end());
  }
  std::vector<SpectralPeak> peaks;
  const float highest_power = levels.empty() ? 0 : *std::ranges::max_element(levels);
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
