// Text helpers for people's mistakes. Not realtime-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace entrain {

/// Levenshtein distance in bytes: insertions, deletions and replacements that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The finite number that is all of the text.
std::optional<double> number_in(std::string_view text);

}  // namespace entrain
