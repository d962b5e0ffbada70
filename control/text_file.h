// A text file, read whole and written whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace entrain {

/// The bytes of a file of at most `most` bytes. `what` names it in sentences: "cannot open the pattern file
/// x.txt".
Result<std::string> read_text(const std::filesystem::path& path, std::string_view what, std::size_t most);
/// Writes beside the file and renames: it holds the old bytes or the new ones, whatever happens meanwhile.
Result<void> write_text(const std::filesystem::path& path, std::string_view text);

/// The same, where no file of that name exists yet.
Result<void> write_new_text(const std::filesystem::path& path, std::string_view text);

}  // namespace entrain
