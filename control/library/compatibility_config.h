// What counts how much when sounds are matched: section [compatibility] of the configuration file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/library/find/compatibility.h"

namespace entrain {

/// $XDG_CONFIG_HOME/entrain/config.toml, or below ~/.config.
std::filesystem::path default_config_file();

inline constexpr std::size_t kMaxConfigFile = std::size_t{1} << 20;  ///< bytes

/// The file's weights; what it does not name, or a file that is not there, leaves the defaults. Other
/// sections are others' business. The Error names the file, the line and the mend: syntax, an unknown key, a
/// value out of range.
Result<CompatibilityWeights> read_compatibility(const std::filesystem::path& path);
/// The same from text; `path` is for sentences.
Result<CompatibilityWeights> parse_compatibility(std::string_view text, const std::filesystem::path& path);

/// The section as text, every key with what it does; reads back as the same weights.
std::string compatibility_text(const CompatibilityWeights& weights);

}  // namespace entrain
