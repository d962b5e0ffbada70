// How high a sound reaches between its samples.
#pragma once

#include <span>

namespace entrain {

/// The highest magnitude of the sound and of the points between its samples, linear: ITU-R BS.1770-4, annex
/// 2: three points between two samples below 96 kHz, one below 192 kHz, none above. The interpolator is a
/// sinc under a Hann window of 49 points, as in libebur128; silence goes before the sound and comes after it.
///
/// Stretches that cannot exceed the highest value found so far, whatever lies between their samples, are
/// passed over. Samples that are not finite count as silence. Pure; any thread.
float true_peak(std::span<const float> sound, int rate);

}  // namespace entrain
