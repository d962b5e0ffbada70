// A three-band isolator: EQ whose bands can be silenced.
#pragma once

#include <array>

#include "engine/units/dsp/fade.h"
#include "engine/units/dsp/svf.h"

namespace entrain {

/// Linkwitz-Riley crossovers of fourth order at 220 Hz and 3500 Hz, the lowest band passed through the upper
/// crossover's allpass so that equal bands sum to a flat magnitude. Shelves in series would null when flat by
/// themselves, but leave 6 dB at a corner with both neighbours killed; bands in parallel go down to nothing.
/// The price is the allpass, so with all bands at 0 dB the isolator fades out of the path in 20 ms and costs
/// nothing: flat is bit for bit the input. Zero latency.
class Isolator {
 public:
  static constexpr double kLowCorner = 220, kHighCorner = 3500;
  using Bands = std::array<float, 3>;  ///< low, mid, high; linear

  void prepare(int rate);
  void reset();
  /// In place on kQuantum frames; `sounds`: there is a signal, so changes have to be smooth. True while at
  /// work.
  bool process(float* left, float* right, const Bands& wanted, bool sounds);
  /// Forgets what rings.
  void clear();

 private:
  SvfShape low_, high_;
  std::array<Svf, 5> filters_{};
  Bands gains_{1, 1, 1};
  Fade engaged_;
};

}  // namespace entrain
