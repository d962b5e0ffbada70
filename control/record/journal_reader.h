// Reads a journal back, whatever became of its file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "control/record/journal.h"
#include "engine/core/result.h"

namespace entrain {

/// No line of a journal is longer, so that a damaged file cannot ask for much memory.
inline constexpr std::size_t kLongestJournalLine = std::size_t{1} << 22;

/// The JSON of a line without its newline, if its checksum is right and it is spelled as lines are.
std::optional<std::string_view> checked(std::string_view line);

/// Reads up to the first line whose checksum is wrong, or whose content is no sense; the remark then names
/// the line, says whether it is a torn tail or damage in the middle, and that the rest is left out. Lines of
/// an unknown kind are skipped and remarked, unknown fields ignored. Controls this program lacks are skipped,
/// counted in `left_out` and remarked.
///
/// Fails, with a sentence, only when there is no journal to speak of: no such file, no header, or one of a
/// newer format. Memory is bounded by the file's size. Not realtime-safe; any thread.
Result<Journal> read_journal(const std::filesystem::path& path);

/// The same from a stream; `name` stands for the file in sentences.
Result<Journal> read_journal(std::istream& in, const std::string& name);

}  // namespace entrain
