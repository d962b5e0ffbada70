// Unmasking: a dynamic EQ by which a layer leaves room to its foundation, band by band.
#pragma once

#include <array>

#include "engine/units/dsp/svf.h"

namespace entrain {

/// Octaves around 62.5 Hz to 8 kHz.
inline constexpr std::size_t kUnmaskBands = 8;
using BandDecibels = std::array<float, kUnmaskBands>;

/// The bands of a stereo signal, an octave wide each, and bells in series that cut them.
class UnmaskBands {
 public:
  void prepare(int rate);
  void reset();
  /// What is taken away of each band, 0 to 1, from the start to the end of a quantum.
  struct Cuts {
    std::array<float, kUnmaskBands> from, to;
  };
  /// Hears a quantum. Realtime-safe.
  void hear(const float* left, const float* right);
  /// Hears a quantum, each band before its own cut, and takes away from it in place. Realtime-safe.
  void process(float* left, float* right, const Cuts& cuts);
  /// Levels of what was heard, dB of the mean square; they rise in 10 ms, fall in 200 ms, end at kLeast.
  const BandDecibels& levels() const { return levels_; }

  static constexpr float kLeast = -90;

 private:
  void follow(const std::array<Stereo, kUnmaskBands>& squares);

  std::array<SvfShape, kUnmaskBands> shapes_;
  std::array<Svf, kUnmaskBands> filters_{};
  std::array<double, kUnmaskBands> energies_{};
  BandDecibels levels_{};
  double rise_ = 0, fall_ = 0;
};

/// Where the layer would hide its foundation, it steps back: in each band to 6 dB below it (what lies lower
/// than that is masked rather than masks: Zwicker and Fastl, Psychoacoustics, 2007, 4.1), by `depth` at most,
/// and only where the foundation is at home, within 14 dB of its loudest band. After Hafezi and Reiss,
/// "Autonomous multitrack equalization based on masking reduction", J. Audio Eng. Soc. 63, 2015, with octaves
/// for critical bands. Nothing to make room for: bit for bit the signal. Zero latency.
class Unmasker {
 public:
  void prepare(int rate);
  void reset();
  /// In place on a quantum. `foundation`: its levels, or null for none; `louder`: dB by which faders lift the
  /// layer over it; `depth` in dB. Realtime-safe.
  void process(float* left, float* right, const BandDecibels* foundation, float louder, float depth);
  /// The deepest cut, dB, 0 for none.
  float deepest() const;

 private:
  UnmaskBands bands_;
  BandDecibels cuts_{};
  UnmaskBands::Cuts taken_{};
  float back_ = 0, forth_ = 0;
  bool works_ = false;
};

/// What each band should step back by, dB: see Unmasker. Pure.
BandDecibels unmasking(const BandDecibels& layer, const BandDecibels& foundation, float louder, float depth);

}  // namespace entrain
