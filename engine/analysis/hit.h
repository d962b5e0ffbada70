// What is known of a hit from its samples alone: where it begins, and how it sounds beside others.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/performance.h"

namespace entrain {

/// The frame at which the pre-roll ends: a millisecond before the first magnitude above -50 dB of the peak; 0
/// for silence. Not realtime-safe, any thread.
std::int64_t pre_roll(const std::vector<float>& left, const std::vector<float>& right, int rate);

/// Half-octave bands from 40 Hz up, in dB below the hit's own loudness, of its first 50 ms and of the 250 ms
/// after; then how long it takes to come and to go, in octaves of milliseconds, times six. Euclidean
/// distances between two of these tell likeness. Finite for any input.
inline constexpr int kTimbreBands = 17;
using Timbre = std::array<float, 2 * kTimbreBands + 2>;
Timbre timbre_of(const std::vector<float>& left, const std::vector<float>& right, std::int64_t onset,
                 int rate);

/// A cluster with its neighbours ranked (see Cluster); beyond 1,024 samples they stay unknown.
Cluster make_cluster(std::string name, std::vector<std::shared_ptr<const Asset>> samples, int rate);

}  // namespace entrain
