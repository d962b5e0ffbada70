#include "engine/analysis/stft.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/analysis/samples.h"

namespace entrain {
namespace {

double mel_of(double hertz) { return 2595 * std::log10(1 + hertz / 700); }
double hertz_of_mel(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

}  // namespace

std::vector<float> mono(const std::vector<float>& left, const std::vector<float>& right) {
  std::vector<float> mean = left;
  for (std::size_t i = 0; i < right.size(); ++i) mean[i] = 0.5f * (left[i] + right[i]);
  return mean;
}

std::vector<float> mono(const Pcm& pcm) { return mono(pcm.left, pcm.right); }

Stft::Stft(int size, int hop)
    : fft_(size),
      hop_(hop),
      window_(static_cast<std::size_t>(size)),
      power_(static_cast<std::size_t>(bins())) {
  for (int i = 0; i < size;
       ++i)  // the window sums to size / 2; a sine's half of the spectrum holds half of it
    window_[static_cast<std::size_t>(i)] =
        static_cast<float>((1 - std::cos(2 * std::numbers::pi * i / size)) * 2 / size);
}

std::span<const float> Stft::power(std::span<const float> signal, std::size_t frame) {
  const auto size = static_cast<std::int64_t>(window_.size());
  const std::int64_t from = static_cast<std::int64_t>(frame) * hop_ - size / 2;
  const std::int64_t samples = static_cast<std::int64_t>(signal.size());
  const std::int64_t first = std::clamp<std::int64_t>(-from, 0, size);
  const std::int64_t last = std::clamp<std::int64_t>(samples - from, first, size);
  const std::span<float> in = fft_.input();
  std::fill(in.begin(), in.begin() + first, 0.0f);
  for (std::int64_t i = first; i < last; ++i) {
    const float x = sound_or_silence(signal[static_cast<std::size_t>(from + i)]);
    in[static_cast<std::size_t>(i)] = x * window_[static_cast<std::size_t>(i)];
  }
  std::fill(in.begin() + last, in.end(), 0.0f);
  fft_.forward();
  const auto out = fft_.output();
  for (std::size_t k = 0; k < power_.size(); ++k)
    power_[k] = out[k].real() * out[k].real() + out[k].imag() * out[k].imag();
  return power_;
}

Spectra::Spectra(std::span<const float> sound, int size, int hop)
    : sound_(sound), stft_(size, hop), kept_(stft_.frames(sound.size())) {}

std::span<const float> Spectra::power(std::size_t frame) {
  auto& kept = kept_[frame];
  if (kept.empty()) {
    const auto power = stft_.power(sound_, frame);
    kept.assign(power.begin(), power.end());
  }
  return kept;
}

FilterBank::FilterBank(int size, int rate, std::span<const double> corners) {
  const double bin_hz = static_cast<double>(rate) / size;
  const int last_bin = size / 2;
  for (std::size_t b = 0; b + 2 < corners.size(); ++b) {
    const double low = corners[b], centre = corners[b + 1], high = corners[b + 2];
    if (centre > last_bin * bin_hz) break;
    Band band{static_cast<std::size_t>(std::lround(centre / bin_hz)), weights_.size(), 0, centre};
    const int from = std::max(0, static_cast<int>(std::ceil(low / bin_hz)));
    for (int k = from; k <= last_bin && k * bin_hz < high; ++k) {
      const double f = k * bin_hz;
      const double weight = f <= centre ? (f - low) / (centre - low) : (high - f) / (high - centre);
      if (weight <= 0) continue;
      if (band.count++ == 0) band.first_bin = static_cast<std::size_t>(k);
      weights_.push_back(static_cast<float>(weight));
    }
    if (band.count == 0) {
      band.count = 1;
      weights_.push_back(1);
    }
    bands_.push_back(band);
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

void FilterBank::apply(std::span<const float> power, std::span<float> out) const {
  for (std::size_t b = 0; b < bands_.size(); ++b) {
    const Band& band = bands_[b];
    const float* const bins = power.data() + band.first_bin;
    const float* const weights = weights_.data() + band.first_weight;
    float sum = 0;
    for (std::size_t k = 0; k < band.count; ++k) sum += bins[k] * weights[k];
    out[b] = sum;
  }
}

}  // namespace entrain
