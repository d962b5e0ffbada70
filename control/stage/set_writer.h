// From a set to its text: canonical, or woven into the text it was read from.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/stage/set_file.h"

namespace entrain {

/// One table of the file and its lines "key = value", in the order in which they are written.
struct SetTable {
  std::string header;                                      ///< "track.1"; empty: the top of the file
  std::vector<std::pair<std::string, std::string>> items;  ///< TOML on both sides
};

/// All tables of a set but its scenes.
std::vector<SetTable> set_tables(const SetFile& set);
/// The scenes as text: a [[scene]] for each, with its tables.
std::string scenes_text(const SetFile& set);

/// The whole set: parse_set() of it at the same path gives the same set.
std::string set_text(const SetFile& set);
/// The same, keeping every line of `original` that still says what the set says, and its comments. Scenes are
/// written anew where any of them changed. Where `original` is written in a way that cannot be kept,
/// set_text().
std::string woven_text(const SetFile& set, std::string_view original);

/// The set as it must be to mean the same at another path: its old folder becomes one of `folders`.
SetFile moved_to(SetFile set, const std::filesystem::path& path);

/// A text as TOML writes it, in double quotes.
std::string toml_quoted(std::string_view text);

}  // namespace entrain
