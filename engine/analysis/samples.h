// What counts as a sample of sound.
#pragma once

namespace entrain {

/// 120 dB above full scale: what is larger is no sound, and no sum of squares overflows.
inline constexpr float kLargestSample = 1e6f;

/// The sample, or 0 for what is not finite or too large.
constexpr float sound_or_silence(float x) { return x >= -kLargestSample && x <= kLargestSample ? x : 0.0f; }

}  // namespace entrain
