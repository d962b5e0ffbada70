// The level at which loops meet.
#pragma once

#include <algorithm>

namespace entrain {

inline constexpr double kLoopLufs = -18;
inline constexpr double kMostLoopGain = 12;  ///< dB, up or down

/// dB that bring a loop of `lufs` (integrated; -70 for silence, which stays) there, as far as they may.
inline double loop_gain(double lufs) {
  return lufs <= -70 ? 0 : std::clamp(kLoopLufs - lufs, -kMostLoopGain, kMostLoopGain);
}

}  // namespace entrain
