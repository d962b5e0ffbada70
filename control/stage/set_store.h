// Sets on disk: written whole or not at all, their autosaves beside them. Any thread that may wait for a
// disk.
#pragma once

#include "control/stage/set_file.h"

namespace entrain {

/// "night.toml" -> "night.toml.autosave".
std::filesystem::path autosave_of(const std::filesystem::path& set);
/// True when there is an autosave that is newer than its set.
bool autosave_waits(const std::filesystem::path& set);
/// The autosave, read as the set beside which it lies.
Result<SetFile> read_autosave(const std::filesystem::path& set);

/// Writes a set to its path, keeping the untouched lines of the file it comes from (`old`, or empty). Another
/// file of that name is never replaced, nor one that somebody else changed since it was read. Its autosave goes
/// away. The set then knows its new text.
Result<void> save_set(SetFile& set, const std::filesystem::path& old);
Result<void> save_autosave(const SetFile& set);

}  // namespace entrain
