// The audio fingerprint of seed 4: 64 numbers with its names, in its order.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "engine/analysis/stft.h"

namespace entrain {

inline constexpr std::size_t kFingerprintSize = 64;
using Fingerprint = std::array<float, kFingerprintSize>;

/// Places of the columns that are in use; those from kReserved on are 0.
struct FingerprintColumn {
  static constexpr std::size_t kSpectralCentroid = 0, kSpectralFlatness = 1, kMfcc = 2, kCrestFactor = 15,
                               kRmsEnergy = 16, kPeakToAvgRatio = 17, kZeroCrossingRate = 18,
                               kOnsetStrength = 19, kIntegratedLufs = 20, kLoudnessRange = 21, kReserved = 22;
};

/// The column names: "spectral_centroid", "spectral_flatness", "mfcc_00" ... "mfcc_12", "crest_factor", ...,
/// "reserved_41". `column` is below kFingerprintSize.
std::string_view fingerprint_name(std::size_t column);

/// As EBU R128 measures a whole file.
struct MeasuredLoudness {
  float integrated = 0;  ///< LUFS
  float range = 0;       ///< LU
};

/// The fingerprint of a sound that is first brought to -18 LUFS, by at most 60 dB either way; one whose
/// loudness was not (or cannot be) measured counts as one of -30 LUFS, as the seed has it.
///
/// Spectra are of 2048 samples under a Hann window every 512, scaled as librosa scales them; of a sound with
/// more than 256 of these, 256 spread evenly. Means over them:
///   spectral_centroid   Hz, of magnitudes
///   spectral_flatness   0 (a line) to 1 (flat), of energies
///   mfcc_00 to mfcc_12  dB: cosine transform, orthonormal, of 128 mel bands, 80 dB below the highest at most
///   onset_strength      dB: by how much the bands rose within 512 samples
/// and over all samples:
///   crest_factor        peak / RMS          rms_energy           RMS, full scale 1
///   peak_to_avg_ratio   peak / mean |x|     zero_crossing_rate   crossings / samples
///   integrated_lufs     after the gain      loudness_range       LU
/// Finite for any sound; samples that are not finite count as silence. Pure; not realtime-safe; any thread.
Fingerprint fingerprint(std::span<const float> sound, int rate, std::optional<MeasuredLoudness> loudness);

/// The same from spectra of 2048 samples every 512 that somebody else looks at, too.
Fingerprint fingerprint(Spectra& spectra, int rate, std::optional<MeasuredLoudness> loudness);

}  // namespace entrain
