// Noise between two moving corners, through a jet: the wind of risers and crashes.
#pragma once

#include <vector>

#include "engine/core/parameters.h"
#include "engine/units/dsp/hash_noise.h"
#include "engine/units/dsp/svf.h"

namespace entrain {

/// White noise, both sides independent; a comb whose delay moves (a jet flanger, on the right a little
/// longer); a high pass and a resonant low pass, 12 dB per octave each, TPT. Realtime-safe after prepare();
/// about 0.9 us a quantum.
class NoiseSweep {
 public:
  struct Setting {
    double low_hertz = 100, high_hertz = 10'000;  ///< what lies between them is heard
    double damping = 1;                           ///< 1/Q of the low pass
    double jet_seconds = 0.002;                   ///< at most kLongestJet
    float jet = 0;                                ///< how strong, 0..0.7
    Ramp gain{0, 0};
  };
  static constexpr double kLongestJet = 0.006;

  void prepare(int rate);
  void start(std::uint64_t draws);
  /// Adds n frames; filters stand at the setting, the jet and the gain move there.
  void render(Stereo* to, int n, const Setting& setting);

 private:
  Stereo jet(Stereo x, float strength, float delay);

  int rate_ = 48'000;
  HashNoise noise_;
  Svf high_pass_, low_pass_;
  std::vector<Stereo> line_;  ///< of the comb, a power of two
  std::size_t written_ = 0;
  float delay_ = 0;  ///< frames; 0: not yet set
};

}  // namespace entrain
