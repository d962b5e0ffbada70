// Patterns as people write them: "1000100010001010/3", "10*1.5", "1010*2/3".
#pragma once

#include <string>
#include <string_view>

#include "engine/core/performance.h"
#include "engine/core/result.h"

namespace entrain {

inline constexpr int kMaxSteps = 4096;
inline constexpr int kMaxSpeed = 1024;

/// Steps of 0 and 1 (spaces between them are allowed), then `*N` (N times as fast), `/N` (N times as slow), or
/// both; N is a whole number or a decimal. The Error says what is wrong and where.
Result<Pattern> parse_pattern(std::string_view text);
std::string to_text(const Pattern& pattern);

}  // namespace entrain
