// What tells drum sounds apart, as points for clustering.
#pragma once

#include <array>
#include <span>

#include "engine/analysis/cluster.h"
#include "engine/analysis/descriptors.h"

namespace entrain {

/// How a sound differs from others of its kind: envelope, mean cepstrum and spectral shape, each value in
/// standard deviations of many drum sounds (those the class model has learned from; 3 at most), each block
/// weighing the same. Euclidean distances tell likeness. Finite for finite descriptors. Pure; any thread.
using Timbre =
    std::array<float, descriptor::kEnvelope.size + descriptor::kMfcc.size + descriptor::kShape.size>;
Timbre timbre_of(const Descriptors& sound);

/// One point a sound, in two parts. What it is taken for: the chances of every class (suggest_class()), in
/// which up to five sounds of these that are nearest in timbre have a say of four tenths, squared and brought
/// back to a sum of one, so that sounds of one kind lie close together; and its timbre, three tenths as
/// heavy. Pure; time grows with the square of their number.
Points hit_features(std::span<const Descriptors> sounds);

}  // namespace entrain
