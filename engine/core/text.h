// Text helpers for people's mistakes. Not realtime-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace entrain {

/// Levenshtein distance in bytes: insertions, deletions and replacements that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace entrain
