#include "engine/analysis/chroma.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <functional>
#include <numbers>
#include <numeric>
#include <vector>

#include "engine/analysis/samples.h"
#include "engine/analysis/spectral.h"
#include "engine/analysis/stft.h"
#include "engine/analysis/wide.h"

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
constexpr float kNothing = -300;                  // dB
constexpr double kTwelfth = 19.019550008653876;   // semitones: 12 log2(3)
constexpr std::array kHarmonics{0.0, 12.0, kTwelfth, 24.0};  // semitones above the note they may belong to
constexpr double kDecay = 0.5;                               // of the weight from harmonic to harmonic

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

constexpr std::size_t kBlock = 4 * kFloats;  // sums side by side, which stay in registers

/// For each of kBlock places from `first` on the sum of `taps`, each times what lies its offset away.
void weigh(std::span<const float> taps, std::span<const std::size_t> offsets, const float* first,
           float* out) {
  Floats a{}, b{}, c{}, d{};
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const float* const row = first + offsets[k];
    a += taps[k] * floats_at(row);
    b += taps[k] * floats_at(row + kFloats);
    c += taps[k] * floats_at(row + 2 * kFloats);
    d += taps[k] * floats_at(row + 3 * kFloats);
  }
  floats_at(out) = a;
  floats_at(out + kFloats) = b;
  floats_at(out + 2 * kFloats) = c;
  floats_at(out + 3 * kFloats) = d;
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
    widely([&] {
      std::ranges::transform(x.subspan(std::min(x.size(), from), count), &near[skipped], sound_or_silence);
      for (std::size_t row = 0; row < factor; ++row)  // every factor-th sample of them
        for (std::size_t i = 0; i < kRow; ++i) rows[row * kRow + i] = near[i * factor + row];
      for (std::size_t at = n; at < std::min(n + kTogether, out.size()); at += kBlock) {
        std::array<float, kBlock> sums;
        weigh(kernel, offsets, &rows[at - n], sums.data());
        std::copy_n(sums.begin(), std::min(kBlock, out.size() - at), &out[at]);
      }
    });
  }
  return out;
}

/// Bins on either side of one whose mean it must exceed.
std::size_t around(std::size_t bin) { return std::max<std::size_t>(8, bin / 12); }

/// Adds the peaks of one frame, their frequencies and powers by parabolas through the logarithms.
void add_peaks(Partials& out, std::span<const float> power, double bin_hz, std::size_t frame, double& tonal,
               double& whole) {
  const auto first = static_cast<std::size_t>(kLowest / bin_hz) + 2;
  const auto last = std::min(power.size() - 2, static_cast<std::size_t>(kHighest / bin_hz));
  const std::size_t end = std::min(power.size(), last + around(last) + 1);
  std::vector<double> sums(end + 1);  // of what lies below
  std::partial_sum(power.begin(), power.begin() + static_cast<std::ptrdiff_t>(end), sums.begin() + 1,
                   std::plus<double>());
  std::vector<float> levels(last + 1);
  decibels_of(power.first(levels.size()), kNothing, levels);
  float strongest = 0;
  for (std::size_t k = first; k < last; ++k) strongest = std::max(strongest, power[k]);
  double energy = 0;
  for (std::size_t k = first; k < last; ++k) {
    energy += static_cast<double>(power[k]);
    if (!(power[k] > power[k - 1] && power[k] >= power[k + 1])) continue;
    const double here = static_cast<double>(power[k]);
    if (here < kFaintest * static_cast<double>(strongest)) continue;
    const std::size_t from = k - std::min(k, around(k)), to = std::min(end, k + around(k) + 1);
    if (here < kProminence * (sums[to] - sums[from]) / static_cast<double>(to - from)) continue;
    const auto a = static_cast<double>(levels[k - 1]), b = static_cast<double>(levels[k]),
               c = static_cast<double>(levels[k + 1]);
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
  std::vector<double> scales;  // of frames
  for (const double energy : partials.energy)
    scales.push_back(std::pow(energy / loudest, kLevels) / std::pow(energy, kCompression));
  for (Peak& p : partials.peaks) p.weight = std::pow(p.weight, kCompression) * scales[p.frame];
  chroma.cents = tuning_of(partials);

  const double bass_end = 69 + 12 * std::log2(kBassEnd / 440);
  for (const Peak& p : partials.peaks) {
    const double pitch = p.pitch - chroma.cents / 100;
    double weight = p.weight, octaves = 0;  // octaves: of what is an octave apart, and so one pitch class
    for (const double harmonic : kHarmonics) {
      if (pitch - harmonic < 24) break;
      if (harmonic == kTwelfth)
        count(chroma.all, pitch - harmonic, weight);
      else
        octaves += weight;
      weight *= kDecay;
    }
    count(chroma.all, pitch, octaves);
    if (pitch < bass_end) count(chroma.bass, pitch, p.weight);
  }
  normalise(chroma.all);
  normalise(chroma.bass);
  return chroma;
}

}  // namespace entrain
