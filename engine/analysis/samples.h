// What counts as a sample of sound.
#pragma once

#include <span>

namespace entrain {

/// 120 dB above full scale: what is larger is no sound, and no sum of squares overflows.
inline constexpr float kLargestSample = 1e6f;

/// The sample, or 0 for what is not finite or too large.
constexpr float sound_or_silence(float x) { return x >= -kLargestSample && x <= kLargestSample ? x : 0.0f; }

/// Makes silence of what is no sample of sound; how many there were.
int silence_odd_samples(std::span<float> sound);

/// Divides every sample by the same; not by 0.
void divide(std::span<float> sound, float by);

/// Left and right of stereo frames, stereo.size() / 2 each.
void deinterleave(std::span<const float> stereo, float* left, float* right);

/// The highest magnitude; 0 for none. Pure; any thread.
float highest(std::span<const float> sound);

}  // namespace entrain
