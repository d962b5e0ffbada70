// What is known of a hit from its samples alone: where it begins, how it sounds, and which ones sound like
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/analysis/decode.h"
#include "engine/analysis/descriptors.h"
#include "engine/core/performance.h"

namespace entrain {

/// The frame at which the pre-roll ends: a millisecond before the first magnitude above -50 dB of the peak; 0
/// for silence. Not realtime-safe, any thread.
std::int64_t pre_roll(const std::vector<float>& left, const std::vector<float>& right, int rate);

/// A sound described from the end of its pre-roll on. `describe` is for its rate. Not realtime-safe.
Descriptors describe_hit(const Pcm& pcm, Describer& describe);

/// A cluster with its neighbours ranked by timbre (see Cluster and Timbre); beyond 1,024 samples they stay
/// unknown. Samples are at `rate`.
Cluster make_cluster(std::string name, std::vector<std::shared_ptr<const Asset>> samples, int rate);

}  // namespace entrain
