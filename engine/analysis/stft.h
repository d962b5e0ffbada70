// Short-time spectra and the bands they are summed into: what onsets, tempo, key and timbre share.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/analysis/decode.h"
#include "engine/analysis/fft.h"
#include "engine/analysis/weighted_sums.h"

namespace entrain {

/// The mean of both sides; of one side where there is no right one.
std::vector<float> mono(const std::vector<float>& left, const std::vector<float>& right);
std::vector<float> mono(const Pcm& pcm);

/// Power spectra of a signal under a periodic Hann window. Frame k is centred on sample k * hop; beyond its
/// ends the signal is silent. A sine of amplitude 1 on a bin reads 1 there. Each thread has its own.
class Stft {
 public:
  Stft(int size, int hop);  ///< size: even, 2 to 2^22; hop from 1

  int size() const { return fft_.size(); }
  int hop() const { return hop_; }
  int bins() const { return fft_.bins(); }
  std::size_t frames(std::size_t samples) const {
    return samples == 0 ? 0 : (samples - 1) / static_cast<std::size_t>(hop_) + 1;
  }
  /// bins() values, kept until the next call. Samples that are not finite count as silence.
  std::span<const float> power(std::span<const float> signal, std::size_t frame);
  /// The same, to the bins() values of `out`.
  void power(std::span<const float> signal, std::size_t frame, std::span<float> out);

 private:
  Fft fft_;
  int hop_;
  std::span<const float> window_;  ///< the process's
  std::vector<float> power_;
};

/// The transform of the seeds' pictures and fingerprints: librosa's defaults.
inline constexpr int kSeedWindow = 2'048, kSeedHop = 512;

/// The spectra of one sound, each computed when it is first asked for and then kept: for those who look at
/// the same ones. `sound` must outlive it. Each thread has its own.
class Spectra {
 public:
  Spectra(std::span<const float> sound, int size, int hop);

  std::span<const float> sound() const { return sound_; }
  int bins() const { return stft_.bins(); }
  std::size_t frames() const { return kept_.size(); }
  std::span<const float> power(std::size_t frame);  ///< as Stft says it, kept as long as this

 private:
  std::span<const float> sound_;
  Stft stft_;
  std::vector<std::unique_ptr<float[]>> kept_;
};

/// Weighted sums of bins: overlapping triangles whose corners are the centres of their neighbours. A triangle
/// narrower than a bin takes the bin nearest to its centre.
class FilterBank {
 public:
  /// Corners are evenly spaced on the mel scale, 2595 * log10(1 + Hz / 700) (O'Shaughnessy 1987).
  static FilterBank mel(int size, int rate, int bands, double low_hz, double high_hz);
  /// Corners are evenly spaced in octaves.
  static FilterBank octaves(int size, int rate, int per_octave, double low_hz, double high_hz);
  /// `corners`: rising frequencies in Hz, two more than there are bands; what lies above half the rate is cut
  /// off. `size` is the transform's, from 14.
  FilterBank(int size, int rate, std::span<const double> corners);

  int bands() const { return static_cast<int>(centres_.size()); }
  double centre(int band) const { return centres_[static_cast<std::size_t>(band)]; }  ///< Hz
  /// `out` holds bands() values: the peak of every triangle weighs 1.
  void apply(std::span<const float> power, std::span<float> out) const { sums_.apply(power, out); }

 private:
  WeightedSums sums_;
  std::vector<double> centres_;
};

}  // namespace entrain
