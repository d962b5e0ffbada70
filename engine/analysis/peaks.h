// Seed 2's peaks: the frequencies that stand out of each moment's spectrum, and the bands they fall into.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace entrain {

/// Places of the peaks of a curve, in order, as scipy.signal.find_peaks finds them: higher than both
/// neighbours (of a plateau its middle); of two that lie less than `distance` places apart the higher one (of
/// equals the later); then those that rise by `prominence` over the higher of the lowest points on both
/// sides, as far as nothing exceeds them. Pure; any thread.
std::vector<std::size_t> find_peaks(std::span<const float> curve, float prominence, std::size_t distance);

struct SpectralPeak {
  std::size_t frame = 0;
  float hertz = 0;
  float decibels = 0;  ///< against the loudest of all, -80 to 0
};

/// Peaks with a prominence of 10 dB, at least 5 bins apart, of spectra up to 11,025 Hz, every 23.2 ms under a
/// Hann window of 92.9 ms: 2048 samples every 512 at 22,050 Hz, as the seed has it; at other rates the
/// nearest length that transforms quickly. Of a sound with more than `most` frames so many, spread evenly
/// (`frame` is the one it was). None for silence. Pure; finite for any sound; not realtime-safe; any thread.
std::vector<SpectralPeak> spectral_peaks(std::span<const float> mono, int rate, std::size_t most);

struct PeakBand {
  std::string_view name;
  float below;  ///< Hz; it begins where the band before ends
};
inline constexpr std::array<PeakBand, 5> kPeakBands{
    {{"bass", 250}, {"low_mid", 500}, {"mid", 2'000}, {"high_mid", 4'000}, {"treble", 1e9f}}};

/// The peaks of a band.
struct PeakGroup {
  int count = 0;
  float hertz = 0;   ///< their mean
  float energy = 0;  ///< the mean of 10^(dB / 20): 0 to 1
};
using PeakGroups = std::array<PeakGroup, kPeakBands.size()>;

PeakGroups group_peaks(std::span<const SpectralPeak> peaks);

}  // namespace entrain
