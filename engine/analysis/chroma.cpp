#include "engine/analysis/chroma.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include "engine/analysis/samples.h"
#include "engine/analysis/stft.h"

namespace entrain {
namespace {

constexpr double kLeastRate = 10'000;  // Hz: what the signal is decimated to, at least
constexpr int kTaps = 6;               // of the low-pass, on either side, per decimated sample
constexpr double kWindowSeconds = 0.74;
constexpr double kLowest = 50, kHighest = 3'500;  // Hz
constexpr double kBassEnd = 260;                  // Hz
constexpr double kProminence = 4;                 // of a peak, over the mean power around it
constexpr double kFaintest = 1e-5;                // of a peak, beside the strongest of its frame
constexpr double kCompression = 0.35;             // exponent that turns a share of power into weight
constexpr double kLevels = 0.25;                  // exponent that turns a frame's share of power into weight
constexpr int kHarmonics = 4;
constexpr double kDecay = 0.5;  // of the weight from harmonic to harmonic

struct Peak {
  std::size_t frame = 0;
  double pitch = 0;  ///< semitones above C-1 (MIDI)
  double weight = 0;
};

struct Partials {
  std::vector<Peak> peaks;
  std::vector<double> energy;  ///< of each frame
  double tonal = 0;
};

/// The windowed sinc (Blackman) that passes what lies below the new half rate; its sum is 1.
std::vector<float> low_pass(int factor) {
  const int reach = kTaps * factor;
  std::vector<double> kernel;
  for (int k = -reach; k <= reach; ++k) {
    const double cycles = 0.5 / factor, angle = 2 * std::numbers::pi * cycles * k;
    const double sinc = k == 0 ? 2 * cycles : std::sin(angle) / (std::numbers::pi * k);
    const double w = std::numbers::pi * k / (reach + 1);
    kernel.push_back(sinc * (0.42 + 0.5 * std::cos(w) + 0.08 * std::cos(2 * w)));
  }
  const double whole = std::accumulate(kernel.begin(), kernel.end(), 0.0);
  std::vector<float> out;
  for (const double v : kernel) out.push_back(static_cast<float>(v / whole));
  return out;
}

constexpr std::size_t kBlock = 32;  // sums side by side, which stay in registers

/// For each of kBlock places from `first` on the sum of `taps`, each times what lies its offset away.
std::array<float, kBlock> weighed(std::span<const float> taps, std::span<const std::size_t> offsets,
                                  const float* first) {
  std::array<float, kBlock> sums{};
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const float* const row = first + offsets[k];
    const float tap = taps[k];
    for (std::size_t i = 0; i < kBlock; ++i) sums[i] += tap * row[i];
  }
  return sums;
}

/// Every `factor`-th sample of what lies below the new half rate, from sample 0 on; beyond its ends the sound
/// is silent.
std::vector<float> decimated(std::span<const float> x, std::size_t factor) {
  constexpr std::size_t kTogether = 8 * kBlock;  // results
  constexpr std::size_t kRow = kTogether + 2 * kTaps + 1;
  const std::vector<float> kernel = low_pass(static_cast<int>(factor));
  std::vector<float> out(x.size() / factor), near(factor * kRow), rows(factor * kRow);
  std::vector<std::size_t> offsets;  // of the first sample that a tap weighs
  for (std::size_t k = 0; k < kernel.size(); ++k) offsets.push_back(k % factor * kRow + k / factor);
  const std::size_t before = kTaps * factor;
  for (std::size_t n = 0; n < out.size(); n += kTogether) {
    const std::size_t skipped = std::min(near.size(), before - std::min(before, n * factor));
    const std::size_t from = n * factor + skipped - before;
    const std::size_t count = std::min(near.size() - skipped, x.size() - std::min(x.size(), from));
    std::ranges::fill(near, 0.0f);
    std::ranges::transform(x.subspan(std::min(x.size(), from), count), &near[skipped], sound_or_silence);
    for (std::size_t row = 0; row < factor; ++row)  // every factor-th sample of them
      for (std::size_t i = 0; i < kRow; ++i) rows[row * kRow + i] = near[i * factor + row];
    for (std::size_t at = n; at < std::min(n + kTogether, out.size()); at += kBlock) {
      const auto sums = weighed(kernel, offsets, &rows[at - n]);
      std::copy_n(sums.begin(), std::min(kBlock, out.size() - at), &out[at]);
    }
  }
  return out;
}

/// Adds the peaks of one frame, their frequencies and powers by parabolas through the logarithms.
void add_peaks(Partials& out, std::span<const float> power, double bin_hz, std::size_t frame, double& tonal,
               double& whole) {
  const auto first = static_cast<std::size_t>(kLowest / bin_hz) + 2;
  const auto last = std::min(power.size() - 2, static_cast<std::size_t>(kHighest / bin_hz));
  std::vector<double> sums{0};
  for (const float p : power) sums.push_back(sums.back() + static_cast<double>(p));
  float strongest = 0;
  for (std::size_t k = first; k < last; ++k) strongest = std::max(strongest, power[k]);
  double energy = 0;
  for (std::size_t k = first; k < last; ++k) {
    energy += static_cast<double>(power[k]);
    if (!(power[k] > power[k - 1] && power[k] >= power[k + 1])) continue;
    const double here = static_cast<double>(power[k]);
    if (here < kFaintest * static_cast<double>(strongest)) continue;
    const std::size_t around = std::max<std::size_t>(8, k / 12);
    const std::size_t from = k - std::min(k, around), to = std::min(power.size(), k + around + 1);
    if (here < kProminence * (sums[to] - sums[from]) / static_cast<double>(to - from)) continue;
    const double a = std::log(static_cast<double>(power[k - 1]) + 1e-30), b = std::log(here + 1e-30),
                 c = std::log(static_cast<double>(power[k + 1]) + 1e-30);
    const double bend = a - 2 * b + c, shift = bend < 0 ? std::clamp(0.5 * (a - c) / bend, -0.5, 0.5) : 0;
    const double hertz = (static_cast<double>(k) + shift) * bin_hz;
    out.peaks.push_back({frame, 69 + 12 * std::log2(hertz / 440), here});
    tonal += static_cast<double>(power[k - 1]) + here + static_cast<double>(power[k + 1]);
  }
  out.energy.push_back(energy);
  whole += energy;
}

Partials partials_of(std::span<const float> mono, int rate) {
  const int factor = std::max(1, static_cast<int>(rate / kLeastRate));
  const std::vector<float> fewer =
      factor > 1 ? decimated(mono, static_cast<std::size_t>(factor)) : std::vector<float>();
  const std::span<const float> sound = factor > 1 ? fewer : mono;
  const double new_rate = static_cast<double>(rate) / factor;
  const int size = fast_length(std::max(16, static_cast<int>(std::lround(kWindowSeconds * new_rate))));
  Stft stft(size, std::max(1, size / 2));
  Partials out;
  double tonal = 0, whole = 0;
  for (std::size_t t = 0; t < stft.frames(sound.size()); ++t)
    add_peaks(out, stft.power(sound, t), new_rate / size, t, tonal, whole);
  out.tonal = whole > 1e-12 ? std::min(1.0, tonal / whole) : 0;
  return out;
}

/// The mean direction of the pitches' distances from whole semitones; cents.
double tuning_of(const Partials& partials) {
  std::complex<double> sum;
  for (const Peak& p : partials.peaks) sum += std::polar(std::sqrt(p.weight), 2 * std::numbers::pi * p.pitch);
  return std::abs(sum) > 0 ? std::arg(sum) / (2 * std::numbers::pi) * 100 : 0;
}

/// Counts a pitch for the two semitones it lies between.
void count(PitchClasses& classes, double pitch, double weight) {
  const double whole = std::floor(pitch), part = pitch - whole;
  const auto index = static_cast<std::size_t>(((static_cast<int>(whole) % 12) + 12) % 12);
  const double near = 0.5 + 0.5 * std::cos(std::numbers::pi * part);
  classes[index] += weight * near;
  classes[(index + 1) % 12] += weight * (1 - near);
}

void normalise(PitchClasses& classes) {
  const double sum = std::accumulate(classes.begin(), classes.end(), 0.0);
  for (double& v : classes) v = sum > 1e-30 ? v / sum : 0;
}

}  // namespace

Chroma chroma_of(std::span<const float> mono, int rate) {
  Partials partials = partials_of(mono, rate);
  Chroma chroma;
  chroma.tonal = partials.tonal;
  if (partials.peaks.empty()) return chroma;
  const double loudest = *std::max_element(partials.energy.begin(), partials.energy.end());
  for (Peak& p : partials.peaks) {
    const double level = partials.energy[p.frame] / loudest;
    p.weight = std::pow(p.weight / partials.energy[p.frame], kCompression) * std::pow(level, kLevels);
  }
  chroma.cents = tuning_of(partials);

  const double bass_end = 69 + 12 * std::log2(kBassEnd / 440);
  for (const Peak& p : partials.peaks) {
    double weight = p.weight;
    for (int h = 1; h <= kHarmonics; ++h, weight *= kDecay) {
      const double pitch = p.pitch - chroma.cents / 100 - 12 * std::log2(h);
      if (pitch < 24) break;
      count(chroma.all, pitch, weight);
      if (h == 1 && pitch < bass_end) count(chroma.bass, pitch, weight);
    }
  }
  normalise(chroma.all);
  normalise(chroma.bass);
  return chroma;
}

}  // namespace entrain
