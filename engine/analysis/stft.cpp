#include "engine/analysis/stft.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/analysis/kept.h"
#include "engine/analysis/samples.h"
#include "engine/analysis/wide.h"

namespace entrain {
namespace {

double mel_of(double hertz) { return 2595 * std::log10(1 + hertz / 700); }
double hertz_of_mel(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

/// Sums to size / 2; a sine's half of the spectrum holds half of it. So it is scaled by 4 / size.
std::vector<float> make_window(int size) {
  std::vector<float> window(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i)
    window[static_cast<std::size_t>(i)] =
        static_cast<float>((1 - std::cos(2 * std::numbers::pi * i / size)) * 2 / size);
  return window;
}

std::span<const float> window(int size) {
  static auto& kept = *new Kept<int, std::vector<float>>;
  return kept.get(size, [&] { return make_window(size); });
}

}  // namespace

std::vector<float> mono(const std::vector<float>& left, const std::vector<float>& right) {
  std::vector<float> mean = left;
  widely([to = mean.data(), from = std::span(right)] {
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = 0.5f * (to[i] + from[i]);
  });
  return mean;
}

std::vector<float> mono(const Pcm& pcm) { return mono(pcm.left, pcm.right); }

Stft::Stft(int size, int hop)
    : fft_(size), hop_(hop), window_(window(size)), power_(static_cast<std::size_t>(bins())) {}

std::span<const float> Stft::power(std::span<const float> signal, std::size_t frame) {
  power(signal, frame, power_);
  return power_;
}

void Stft::power(std::span<const float> signal, std::size_t frame, std::span<float> out) {
  const auto size = static_cast<std::int64_t>(window_.size());
  const std::int64_t from = static_cast<std::int64_t>(frame) * hop_ - size / 2;
  const std::int64_t samples = static_cast<std::int64_t>(signal.size());
  const std::int64_t first = std::clamp<std::int64_t>(-from, 0, size);
  const std::int64_t last = std::clamp<std::int64_t>(samples - from, first, size);
  const std::span<float> in = fft_.input();
  std::fill(in.begin(), in.begin() + first, 0.0f);
  widely([=, x = signal.data(), window = window_.data(), weighed = in.data()] {
    for (std::int64_t i = first; i < last; ++i) weighed[i] = sound_or_silence(x[from + i]) * window[i];
  });
  std::fill(in.begin() + last, in.end(), 0.0f);
  fft_.power(out);
}

Spectra::Spectra(std::span<const float> sound, int size, int hop)
    : sound_(sound), stft_(size, hop), kept_(stft_.frames(sound.size())) {}

std::span<const float> Spectra::power(std::size_t frame) {
  const auto bins = static_cast<std::size_t>(stft_.bins());
  auto& kept = kept_[frame];
  if (!kept) {
    kept = std::make_unique_for_overwrite<float[]>(bins);
    stft_.power(sound_, frame, {kept.get(), bins});
  }
  return {kept.get(), bins};
}

FilterBank::FilterBank(int size, int rate, std::span<const double> corners)
    : sums_(static_cast<std::size_t>(size / 2 + 1)) {
  const double bin_hz = static_cast<double>(rate) / size;
  const int last_bin = size / 2;
  std::vector<float> weights;
  for (std::size_t b = 0; b + 2 < corners.size(); ++b) {
    const double low = corners[b], centre = corners[b + 1], high = corners[b + 2];
    if (centre > last_bin * bin_hz) break;
    int first = static_cast<int>(std::lround(centre / bin_hz));
    weights.clear();
    const int from = std::max(0, static_cast<int>(std::ceil(low / bin_hz)));
    for (int k = from; k <= last_bin && k * bin_hz < high; ++k) {
      const double f = k * bin_hz;
      const double weight = f <= centre ? (f - low) / (centre - low) : (high - f) / (high - centre);
      if (weight <= 0) continue;
      if (weights.empty()) first = k;
      weights.push_back(static_cast<float>(weight));
    }
    if (weights.empty()) weights.push_back(1);
    sums_.add(static_cast<std::size_t>(first), weights);
    centres_.push_back(centre);
  }
}

FilterBank FilterBank::mel(int size, int rate, int bands, double low_hz, double high_hz) {
  const double low = mel_of(low_hz), step = (mel_of(high_hz) - low) / (bands + 1);
  std::vector<double> corners;
  for (int i = 0; i < bands + 2; ++i) corners.push_back(hertz_of_mel(low + i * step));
  return {size, rate, corners};
}

FilterBank FilterBank::octaves(int size, int rate, int per_octave, double low_hz, double high_hz) {
  std::vector<double> corners;
  for (int i = 0; low_hz * std::exp2(static_cast<double>(i) / per_octave) <= high_hz * 1.000001; ++i)
    corners.push_back(low_hz * std::exp2(static_cast<double>(i) / per_octave));
  return {size, rate, corners};
}

}  // namespace entrain
