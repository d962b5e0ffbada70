#include "engine/analysis/descriptors.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

#include "engine/analysis/envelope.h"
#include "engine/analysis/samples.h"
#include "engine/analysis/spectral.h"

namespace entrain {
namespace {

using namespace descriptor;

constexpr double kLongest = 1.5;   // seconds that are looked at
constexpr double kDense = 0.1;     // seconds with a spectrum every quarter of a window, every window after
constexpr std::size_t kMels = 40;  // 40 to 16,000 Hz
constexpr double kQuiet = 1e-8;    // energy against the reference that counts as silent
constexpr double kEmpty = 1e-20;   // keeps divisions and logarithms finite
constexpr std::array kEdges{0.0, 0.03, 0.08, 0.2, 0.5, 1.0};             // seconds: the segments of kBands
constexpr std::array<double, 4> kRanges{100, 1'000, 5'000, 16'000};      // Hz: flatness of kShape
constexpr std::array<double, 4> kTonalRanges{40, 500, 2'500, 12'000};    // Hz: kTonality
constexpr std::array<std::size_t, 5> kRegionEdges{0, 8, 16, 26, kMels};  // mels: kBandDecay

/// The power of two of samples nearest to `seconds`.
int window(double seconds, int rate) {
  return std::max(16, 1 << std::lround(std::log2(std::max(seconds * rate, 16.0))));
}

/// In dB, -60 to 0.
float flatness(std::span<const float> power) { return decibels_of(flatness_of(power), -60); }

/// Sums spectra, and gives them back by their shape.
struct SpectrumSum {
  std::vector<float> power;

  void add(std::span<const float> more, float weight) {
    power.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i) power[i] += weight * more[i];
  }

  std::array<float, kShapes> shape(int rate) const {
    std::array<float, kShapes> out{};
    const double sum = sum_of(std::span(power).subspan(1));
    if (!(sum > kEmpty)) return out;
    double first = 0, second = 0, seen = 0;
    std::array<double, 4> parts{0.25, 0.5, 0.85, 0.95};
    std::size_t part = 0;
    for (std::size_t i = 1; i < power.size(); ++i) {
      const double octave = std::log2(frequency_of(i, power.size(), rate)),
                   p = static_cast<double>(power[i]) / sum;
      first += p * octave;
      second += p * octave * octave;
      for (seen += p; part < parts.size() && seen >= parts[part]; ++part)
        out[2 + part] = static_cast<float>(octave);
    }
    for (; part < parts.size(); ++part) out[2 + part] = static_cast<float>(std::log2(rate / 2.0));
    out[0] = static_cast<float>(first);
    out[1] = static_cast<float>(std::sqrt(std::max(0.0, second - first * first)));
    for (std::size_t r = 0; r + 1 < kRanges.size(); ++r)
      out[6 + r] = flatness(bins_between(power, rate, kRanges[r], kRanges[r + 1]));
    return out;
  }
};

/// Coefficients 0 to kCepstrum of kMels levels.
std::array<float, kCepstrum + 1> cepstrum(std::span<const float> levels) {
  static const auto table = [] {
    std::array<std::array<float, kCepstrum + 1>, kMels> columns{};
    for (std::size_t m = 0; m < kMels; ++m) {
      std::array<float, kMels> one{};
      one[m] = 1;
      cosine_transform(one, columns[m]);
    }
    return columns;
  }();
  std::array<float, kCepstrum + 1> out{};
  for (std::size_t m = 0; m < kMels; ++m)
    for (std::size_t c = 0; c < out.size(); ++c) out[c] += levels[m] * table[m][c];
  return out;
}

/// AudioCommons' brightness (Pearce, Brookes and Mason: AudioCommons deliverable D5.2, 2017), 0 for silence.
float brightness(std::span<const float> power, int rate) {
  const double all = sum_of(power);
  if (!(all > kEmpty)) return 0;
  double moment = 0, above = kEmpty;
  for (std::size_t i = 1; i < power.size(); ++i)
    if (const double hertz = frequency_of(i, power.size(), rate); hertz > 100) {
      moment += hertz * static_cast<double>(power[i]);
      above += static_cast<double>(power[i]);
    }
  const double high = sum_of(bins_between(power, rate, 2'000, rate / 2.0)) / all;
  return static_cast<float>(4.613 * std::log10(std::max(high, 1e-8)) +
                            17.379 * std::log10(std::max(moment / above, 1.0)) + 17.435);
}

template <class Values>
void put(Descriptors& out, const DescriptorBlock& block, const Values& values, std::size_t at = 0) {
  std::ranges::copy(values, out.begin() + static_cast<std::ptrdiff_t>(block.first + at));
}

}  // namespace

/// Mel energies of spectra at chosen times, and spectra summed over spans of time.
struct Describer::Frames {
  std::vector<double> seconds;
  std::vector<float> weights;  ///< how many quarters of a window each stands for
  std::vector<std::array<float, kMels>> mels;
  std::array<SpectrumSum, kSpans> sums;  ///< of all, of 0-50 ms, of 50-300 ms

  double energy(std::size_t i) const { return sum_of(mels[i]); }
  /// Mean mel energies of the frames between two times.
  std::array<double, kMels> mean(double from, double to, double per_second) const;
  void segments(Descriptors& out, double per_second) const;
  void cepstra(Descriptors& out) const;
  void decays(Descriptors& out) const;
};

std::array<double, kMels> Describer::Frames::mean(double from, double to, double per_second) const {
  std::array<double, kMels> out{};
  for (std::size_t i = 0; i < mels.size(); ++i)
    if (seconds[i] >= from && seconds[i] < to)
      for (std::size_t m = 0; m < kMels; ++m) out[m] += static_cast<double>(weights[i] * mels[i][m]);
  for (double& value : out) value /= (to - from) * per_second;
  return out;
}

void Describer::Frames::segments(Descriptors& out, double per_second) const {
  const auto whole = mean(0, 0.2, per_second);
  const double reference = std::accumulate(whole.begin(), whole.end(), kEmpty);
  for (std::size_t s = 0; s < kSegments; ++s) {
    const auto energy = mean(kEdges[s], kEdges[s + 1], per_second);
    std::array<float, kMels> levels{};
    for (std::size_t m = 0; m < kMels; ++m) levels[m] = decibels_of(energy[m] / reference + kQuiet, -80);
    for (std::size_t b = 0; b < kWideBands; ++b) {
      constexpr std::size_t kEach = kMels / kWideBands;
      const double sum = std::accumulate(&energy[b * kEach], &energy[b * kEach] + kEach, 0.0);
      out[kBands.first + s * kWideBands + b] = decibels_of(sum / reference + kQuiet, -80);
    }
    const auto coefficients = cepstrum(levels);
    put(out, kCepstra, std::span(coefficients).first(kCepstrum), s * kCepstrum);
  }
}

void Describer::Frames::cepstra(Descriptors& out) const {
  float top = 0;
  for (const auto& frame : mels) top = std::max(top, *std::ranges::max_element(frame));
  if (!(top > 0)) return;
  std::array<double, kCepstrum> first{}, second{};
  double count = 0;
  for (std::size_t i = 0; i < mels.size(); ++i) {
    std::array<float, kMels> levels{};
    for (std::size_t m = 0; m < kMels; ++m)
      levels[m] = decibels_of(static_cast<double>(mels[i][m] / top), -70);
    if (*std::ranges::max_element(levels) <= -50) continue;
    const auto coefficients = cepstrum(levels);
    const auto weight = static_cast<double>(weights[i]);
    count += weight;
    for (std::size_t c = 0; c < kCepstrum; ++c) {
      const auto value = static_cast<double>(coefficients[c + 1]);
      first[c] += weight * value;
      second[c] += weight * value * value;
    }
  }
  for (std::size_t c = 0; c < kCepstrum; ++c) {
    const double mean = first[c] / count;
    out[kMfcc.first + c] = static_cast<float>(mean);
    out[kMfccSpread.first + c] =
        static_cast<float>(std::sqrt(std::max(0.0, second[c] / count - mean * mean)));
  }
}

void Describer::Frames::decays(Descriptors& out) const {
  for (std::size_t r = 0; r < kRegions; ++r) {
    const auto energy = [&](std::size_t i) {
      return std::accumulate(&mels[i][kRegionEdges[r]], mels[i].data() + kRegionEdges[r + 1], kEmpty);
    };
    std::size_t top = 0;
    for (std::size_t i = 0; i < mels.size(); ++i)
      if (energy(i) > energy(top)) top = i;
    std::size_t end = top;
    while (end + 1 < mels.size() && energy(end) >= 0.01 * energy(top)) ++end;
    out[kBandDecay.first + r] = octaves_of_ms(1000 * (seconds[end] - seconds[top]));
  }
}

std::string descriptor_name(std::size_t index) {
  for (const DescriptorBlock& block : kBlocks)
    if (index < block.first + block.size)
      return std::string(block.name) + (block.size > 1 ? "_" + std::to_string(index - block.first) : "");
  return {};
}

Describer::Describer(int rate)
    : rate_(rate),
      stft_(window(0.0232, rate), window(0.0232, rate) / 4),
      mels_(FilterBank::mel(stft_.size(), rate, kMels, 40, 16'000)),
      fine_(window(0.19, rate)) {}

void Describer::clean(std::span<const float> sound) {
  const auto longest = static_cast<std::size_t>(kLongest * rate_);
  sound_.assign(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(std::min(longest, sound.size())));
  silence_odd_samples(sound_);
  if (const float peak = highest(sound_); peak > 0) divide(sound_, peak);
  sound_.resize(std::max<std::size_t>(sound_.size(), static_cast<std::size_t>(rate_ / 500)));
}

void Describer::spectra(Frames& frames) {
  const auto dense = static_cast<std::size_t>(kDense * rate_ / stft_.hop());
  for (std::size_t k = 0; k < stft_.frames(sound_.size()); k += k < dense ? 1 : 4) {
    const auto power = stft_.power(sound_, k);
    const double at = static_cast<double>(k) * stft_.hop() / rate_;
    const float weight = k < dense ? 1 : 4;
    frames.seconds.push_back(at);
    frames.weights.push_back(weight);
    mels_.apply(power, frames.mels.emplace_back());
    frames.sums[0].add(power, weight);
    if (at < 0.3) frames.sums[at < 0.05 ? 1 : 2].add(power, weight);
  }
  if (frames.sums[2].power.empty()) frames.sums[2] = frames.sums[1];
}

/// The fine spectrum of a part of the sound under a Hann window, or none where less than 6 ms are left.
std::span<const float> Describer::tail_spectrum(double from, double to) {
  const auto begin = std::min(static_cast<std::size_t>(from * rate_), sound_.size());
  const auto length = std::min({static_cast<std::size_t>((to - from) * rate_), sound_.size() - begin,
                                static_cast<std::size_t>(fine_.size())});
  if (length < static_cast<std::size_t>(0.006 * rate_)) return {};
  const auto input = fine_.input();
  std::ranges::fill(input, 0.0f);
  // Hann by a rotating phasor.
  const double step = 2 * std::numbers::pi / static_cast<double>(length);
  const std::complex<double> turn(std::cos(step), std::sin(step));
  std::complex<double> phasor(1);
  for (std::size_t i = 0; i < length; ++i, phasor *= turn)
    input[i] = sound_[begin + i] * static_cast<float>(0.5 - 0.5 * phasor.real());
  power_.resize(static_cast<std::size_t>(fine_.bins()));
  fine_.power(power_);
  return power_;
}

void Describer::pitch(Descriptors& out) {
  constexpr std::array<std::array<double, 2>, 3> kParts{{{0, 0.03}, {0.04, 0.12}, {0.1, 0.25}}};
  for (std::size_t p = 0; p < kParts.size(); ++p) {
    float* const values = &out[kPitch.first + 3 * p];
    const auto power = tail_spectrum(kParts[p][0], kParts[p][1]);
    const double all = sum_of(power);
    values[0] = std::log2(30.0f);
    if (!(all > kEmpty)) continue;
    const auto range = bins_between(power, rate_, 30, 5'000);
    const auto top = std::ranges::max_element(range);
    const auto bin = static_cast<std::size_t>(&*top - power.data());
    const double hertz = frequency_of(bin, power.size(), rate_);
    // The peak: an eighth of an octave, or what the window blurs.
    const double blur = 1.7 / (kParts[p][1] - kParts[p][0]);
    const double low = std::min(hertz * 0.917, hertz - blur), high = std::max(hertz * 1.09, hertz + blur);
    const auto heard = bins_between(power, rate_, 30, 12'000);
    std::vector<float> sorted(heard.begin(), heard.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::ranges::nth_element(sorted, middle);
    values[0] = static_cast<float>(std::log2(std::max(hertz, 1.0)));
    values[1] = static_cast<float>(sum_of(bins_between(power, rate_, std::max(low, 0.0), high)) / all);
    values[2] =
        std::min(120.0f, decibels_of(static_cast<double>(*top) / (static_cast<double>(*middle) + kEmpty), 0));
  }
}

void Describer::tonality(Descriptors& out) {
  const auto power = tail_spectrum(0.03, 0.25);
  for (std::size_t r = 0; r + 1 < kTonalRanges.size(); ++r) {
    const auto range =
        power.empty() ? power : bins_between(power, rate_, kTonalRanges[r], kTonalRanges[r + 1]);
    const double all = sum_of(range);
    if (!(all > kEmpty)) continue;  // 0 dB: as flat as noise
    std::vector<float> sorted(range.begin(), range.end());
    const auto from = sorted.end() - static_cast<std::ptrdiff_t>((sorted.size() + 19) / 20);
    std::ranges::nth_element(sorted, from);
    out[kTonality.first + r] = decibels_of(std::accumulate(from, sorted.end(), 0.0) / all, -60);
    out[kTonality.first + 3 + r] = flatness(range);
  }
  if (power.empty()) return;
  std::array<double, 12> classes{};
  for (std::size_t i = 1; i < power.size(); ++i) {
    const double hertz = frequency_of(i, power.size(), rate_);
    if (hertz < 65 || hertz > 2'100) continue;
    const long note = std::lround(12 * std::log2(hertz / 16.351597831287414));  // from C0
    classes[static_cast<std::size_t>(note % 12)] += static_cast<double>(power[i]);
  }
  const double top = *std::ranges::max_element(classes);
  for (std::size_t c = 0; c < 12 && top > kEmpty; ++c)
    out[kChroma.first + c] = static_cast<float>(classes[c] / top);
}

Descriptors Describer::operator()(std::span<const float> sound) {
  Descriptors out{};
  clean(sound);
  Frames frames;
  spectra(frames);
  put(out, kEnvelope, envelope_values(sound_, rate_));
  const double per_second = static_cast<double>(rate_) / stft_.hop();
  frames.segments(out, per_second);
  frames.cepstra(out);
  for (std::size_t s = 0; s < kSpans; ++s) put(out, kShape, frames.sums[s].shape(rate_), s * kShapes);
  out[kBrightness.first] = brightness(frames.sums[0].power, rate_);
  frames.decays(out);
  pitch(out);
  tonality(out);
  return out;
}

}  // namespace entrain
