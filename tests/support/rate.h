// The rate and tempo at which the engine's laws are played.
#pragma once

#include <cstdint>

namespace entrain::test {

inline constexpr int kRate = 48'000;
inline constexpr std::int64_t kBeat = 24'000;  ///< frames, at 120 BPM

}  // namespace entrain::test
