// How much of a sound is new at every moment: the curve whose peaks are onsets and whose periods are beats.
#pragma once

#include <span>
#include <vector>

namespace entrain {

/// Spectral flux, `rate` values a second; value k belongs to the second k / rate. Values are never negative.
struct Novelty {
  double rate = 0;
  std::vector<float> all;             ///< over all bands
  std::vector<float> low, mid, high;  ///< below 150 Hz, to 2.5 kHz, above: their sum is `all`
  float loudest = 0;                  ///< the largest magnitude of a band in the whole sound
};

/// SuperFlux (Boeck and Widmer: Maximum filter vibrato suppression for onset detection, DAFx 2013) over mel
/// bands, on a logarithm that starts 50 dB below the loudest band. Pure; finite for any input. Any thread.
Novelty novelty(std::span<const float> mono, int rate);

}  // namespace entrain
