#include "engine/analysis/fingerprint.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/analysis/samples.h"
#include "engine/analysis/spectral.h"
#include "engine/analysis/wide.h"

namespace entrain {
namespace {

using Column = FingerprintColumn;

constexpr int kWindow = kSeedWindow, kMels = 128;
constexpr std::size_t kMostFrames = 128, kMfccs = 13;
constexpr float kTarget = -18, kAssumed = -30, kMostGain = 60;  // LUFS, LUFS, dB
constexpr float kFloor = -100, kRange = 80;                     // dB: librosa's amin of 1e-10, its top_db
constexpr double kScale = kWindow / 4.0 * kWindow / 4.0;        // of energies, to librosa's

std::vector<std::string> make_names() {
  const auto numbered = [](const char* name, std::size_t i) {
    return std::string(name) + (i < 10 ? "0" : "") + std::to_string(i);
  };
  std::vector<std::string> names{"spectral_centroid", "spectral_flatness"};
  for (std::size_t i = 0; i < kMfccs; ++i) names.push_back(numbered("mfcc_", i));
  for (const char* name : {"crest_factor", "rms_energy", "peak_to_avg_ratio", "zero_crossing_rate",
                           "onset_strength", "integrated_lufs", "loudness_range"})
    names.emplace_back(name);
  for (std::size_t i = 0; names.size() < kFingerprintSize; ++i) names.push_back(numbered("reserved_", i));
  return names;
}

/// What the seed's files were measured at, within reason.
MeasuredLoudness plausible(std::optional<MeasuredLoudness> loudness) {
  if (!loudness || !std::isfinite(loudness->integrated)) return {kAssumed, 0};
  const float range = std::isfinite(loudness->range) ? std::clamp(loudness->range, 0.0f, 100.0f) : 0.0f;
  return {std::clamp(loudness->integrated, kTarget - kMostGain, kTarget + kMostGain), range};
}

/// Magnitudes and energy of samples, and how often their sign changes.
struct Samples {
  float magnitudes = 0, energy = 0;
  int crossings = 0;
};

/// Of x[1 .. count]; x[0] went before.
Samples samples_of(const float* x, std::size_t count) {
  return widely([=] {
    Samples s;
    Floats magnitudes{}, energies{};
    Truths crossed{};  // as often below 0
    std::size_t i = 1;
    for (; i + kFloats <= count + 1; i += kFloats) {
      Floats here = floats_at(x + i), before = floats_at(x + i - 1);
      silence_odd(here);
      silence_odd(before);
      magnitudes += here < 0 ? -here : here;
      energies += here * here;
      crossed += (here < 0) ^ (before < 0);
    }
    for (std::size_t k = 0; k < kFloats; ++k) {
      s.magnitudes += magnitudes[k];
      s.energy += energies[k];
      s.crossings -= crossed[k];
    }
    for (; i <= count; ++i) {
      const float here = sound_or_silence(x[i]), before = sound_or_silence(x[i - 1]);
      s.magnitudes += std::abs(here);
      s.energy += here * here;
      s.crossings += (here < 0) != (before < 0);
    }
    return s;
  });
}

/// Crest, RMS, mean and crossings of `sound` times `gain`.
void measure_samples(std::span<const float> sound, double gain, Fingerprint& out) {
  constexpr std::size_t kTogether = 1'024;  // so many are summed with single precision
  double sum = sound.empty() ? 0 : std::abs(static_cast<double>(sound_or_silence(sound[0])));
  double squares = sum * sum;
  int crossings = 0;
  for (std::size_t before = 0; before + 1 < sound.size(); before += kTogether) {
    const Samples part = samples_of(&sound[before], std::min(kTogether, sound.size() - before - 1));
    crossings += part.crossings;
    sum += static_cast<double>(part.magnitudes);
    squares += static_cast<double>(part.energy);
  }
  const auto count = static_cast<double>(std::max<std::size_t>(sound.size(), 1)),
             top = static_cast<double>(highest(sound));
  const double rms = std::sqrt(squares / count);
  out[Column::kCrestFactor] = rms > 0 ? static_cast<float>(top / rms) : 0;
  out[Column::kPeakToAvgRatio] = sum > 0 ? static_cast<float>(top * count / sum) : 0;
  out[Column::kRmsEnergy] = static_cast<float>(std::min(gain * rms, 1e6));
  out[Column::kZeroCrossingRate] = static_cast<float>(crossings / count);
}

/// Means over spectra, as they come.
class Means {
 public:
  Means(Spectra& spectra, int rate, double gain)
      : spectra_(spectra),
        rate_(rate),
        scale_(static_cast<float>(10 * std::log10(kScale * gain * gain))),
        bank_(FilterBank::mel(kWindow, rate, kMels, 0, rate / 2.0)) {}

  void measure(Fingerprint& out) {
    const std::size_t frames = spectra_.frames(), used = std::min(frames, kMostFrames);
    if (frames == 0) return;
    float top = kFloor;
    std::size_t last = frames;  // the frame whose levels are in now_; none yet
    for (std::size_t i = 0; i < used; ++i) {
      const std::size_t frame = i * frames / used;
      before_.clear();
      if (frame > 0) {
        if (last != frame - 1) see(frame - 1);
        before_ = now_;
      }
      see(frame);
      last = frame;
      shape();
      rise();
      levels_.insert(levels_.end(), now_.begin(), now_.end());
      top = std::max(top, largest_of(now_));
    }
    const auto mean = [&](double sum) { return static_cast<float>(sum / static_cast<double>(used)); };
    out[Column::kSpectralCentroid] = mean(centroids_);
    out[Column::kSpectralFlatness] = mean(flatnesses_);
    out[Column::kOnsetStrength] = mean(rises_);
    std::vector<float> means(kMels), coefficients(kMfccs);
    std::vector<double> sums(kMels);
    for (std::size_t at = 0; at < levels_.size(); at += kMels)
      for (std::size_t m = 0; m < sums.size(); ++m)
        sums[m] += static_cast<double>(std::max(levels_[at + m], top - kRange));
    std::ranges::transform(sums, means.begin(), mean);
    cosine_transform(means, coefficients);
    coefficients[0] *= std::sqrt(0.5f);
    std::ranges::copy(coefficients, out.begin() + Column::kMfcc);
  }

 private:
  /// Takes a frame: its energies and the levels of its bands.
  void see(std::size_t frame) {
    power_ = spectra_.power(frame);
    now_.resize(kMels);
    bank_.apply(power_, now_);
    decibels_of(now_, kFloor - scale_, now_);
    for (float& level : now_) level = std::min(300.0f, level + scale_);
  }

  void shape() {
    const auto [moment, sum] = widely([power = power_] {
      float first = 0, all = 0;
      for (std::size_t i = 0; i < power.size(); ++i) {
        const float magnitude = std::sqrt(power[i]);
        first += static_cast<float>(static_cast<int>(i)) * magnitude;
        all += magnitude;
      }
      return std::pair(first, all);
    });
    const bool sounds = sum > 0 && std::isfinite(moment);
    centroids_ += sounds ? static_cast<double>(moment / sum) * rate_ / kWindow : 0;
    flatnesses_ += sounds ? flatness_of(power_) : 1;
  }

  /// What lies 80 dB below the higher of both frames does not count.
  void rise() {
    if (before_.empty()) return;
    const float floor = std::max(largest_of(now_), largest_of(before_)) - kRange;
    double sum = 0;
    for (std::size_t m = 0; m < before_.size(); ++m)
      sum += static_cast<double>(std::max(0.0f, now_[m] - std::max(before_[m], floor)));
    rises_ += sum / kMels;
  }

  Spectra& spectra_;
  int rate_;
  float scale_;  ///< dB
  FilterBank bank_;
  std::span<const float> power_;
  std::vector<float> now_, before_, levels_;
  double centroids_ = 0, flatnesses_ = 0, rises_ = 0;
};

}  // namespace

std::string_view fingerprint_name(std::size_t column) {
  static const std::vector<std::string> names = make_names();
  return names[column];
}

Fingerprint fingerprint(std::span<const float> sound, int rate, std::optional<MeasuredLoudness> loudness) {
  Spectra spectra(sound, kSeedWindow, kSeedHop);
  return fingerprint(spectra, rate, loudness);
}

Fingerprint fingerprint(Spectra& spectra, int rate, std::optional<MeasuredLoudness> loudness) {
  Fingerprint out{};
  const MeasuredLoudness measured = plausible(loudness);
  const double gain = std::pow(10.0, static_cast<double>(kTarget - measured.integrated) / 20);
  measure_samples(spectra.sound(), gain, out);
  Means(spectra, rate, gain).measure(out);
  out[Column::kIntegratedLufs] = kTarget;
  out[Column::kLoudnessRange] = measured.range;
  return out;
}

}  // namespace entrain
