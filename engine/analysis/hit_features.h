// What tells drum sounds apart, as points for clustering.
#pragma once

#include <span>

#include "engine/analysis/cluster.h"
#include "engine/analysis/descriptors.h"

namespace entrain {

/// One point a sound, in two parts. What it is taken for: the chances of every class (suggest_class()),
/// squared and brought back to a sum of one, so that sounds of one kind lie close together. And how it
/// differs from its kind, a fifth as heavy: envelope, mean cepstrum and spectral shape, each value in
/// standard deviations over the given sounds (3 at most), each block weighing the same. Euclidean distances
/// tell likeness. Pure.
Points hit_features(std::span<const Descriptors> sounds);

}  // namespace entrain
