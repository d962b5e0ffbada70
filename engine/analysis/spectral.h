// Small measures of spectra and levels, shared by descriptors and fingerprints.
#pragma once

#include <cstddef>
#include <span>

namespace entrain {

/// 10 log10 of a ratio of energies, not below `floor` (dB).
float decibels_of(double ratio, float floor);

/// The same of many, within 1e-4 dB; what is no number counts as 0.
void decibels_of(std::span<const float> ratios, float floor, std::span<float> out);

double sum_of(std::span<const float> values);

/// The largest of at least one.
float largest_of(std::span<const float> values);

/// Hz of a bin of a spectrum that reaches from 0 to half the rate.
double frequency_of(std::size_t bin, std::size_t bins, int rate);

/// Bins from `low` to below `high` Hz; never none: a low rate repeats its highest bin.
std::span<const float> bins_between(std::span<const float> power, int rate, double low, double high);

/// Geometric over arithmetic mean: from 0 (one line) to 1 (flat); 1 for silence. Values are not negative.
double flatness_of(std::span<const float> power);

/// The first coefficients of the cosine transform of type II, orthonormal but for coefficient 0, which is
/// sqrt(2) as large; as many as `out` holds.
void cosine_transform(std::span<const float> in, std::span<float> out);

}  // namespace entrain
