// How a sound comes and goes.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace entrain {

inline constexpr std::size_t kEnvelopeValues = 18;

/// Of a sound from its beginning, in the order of descriptor::kEnvelope; times are log2(1 + ms). Does not
/// depend on how loud it is. Samples are finite; `rate` is 1000 or more. Pure; any thread.
std::array<float, kEnvelopeValues> envelope_values(std::span<const float> sound, int rate);

/// log2(1 + ms).
float octaves_of_ms(double ms);

}  // namespace entrain
