#include "control/stage/set_store.h"

#include <fmt/format.h>

#include "control/stage/set_writer.h"
#include "control/text_file.h"

namespace entrain {
namespace {

namespace fs = std::filesystem;

/// The set's text, kept close to that of its original, if there is one; an Error when it would not read back.
Result<std::string> text_for(const SetFile& set, const Result<std::string>& original) {
  std::string text = original ? woven_text(set, *original) : set_text(set);
  if (const auto reads = parse_set(text, set.path); !reads)
    return Error{fmt::format("the set cannot be written so that it reads back ({}); rename what it names",
                             reads.error().sentence)};
  return text;
}

Result<std::string> text_of(const fs::path& set) {
  return set.empty() ? Result<std::string>(Error{}) : read_text(set, "set", kMaxSetFile);
}

}  // namespace

fs::path autosave_of(const fs::path& set) {
  fs::path path = set;
  return path += ".autosave";
}

bool autosave_waits(const fs::path& set) {
  std::error_code none, neither;
  const auto saved = fs::last_write_time(autosave_of(set), none);
  const auto original = fs::last_write_time(set, neither);
  return !none && (neither || saved >= original);
}

Result<SetFile> read_autosave(const fs::path& set) {
  const auto text = read_text(autosave_of(set), "set", kMaxSetFile);
  if (!text) return text.error();
  auto saved = parse_set(*text, set);
  if (const auto original = text_of(set); saved && original) saved->text_hash = text_hash(*original);
  return saved;
}

Result<void> save_set(SetFile& set, const fs::path& old) {
  const auto original = text_of(old);
  if (set.path == old && original && text_hash(*original) != set.text_hash)
    return Error{fmt::format(
        "{} was changed by another program since it was read; save under another name, or open it again",
        set.path.string())};
  const auto text = text_for(set, original);
  if (!text) return text.error();
  const bool its_own = set.path == old;
  if (auto written = its_own ? write_text(set.path, *text) : write_new_text(set.path, *text); !written) return written;
  std::error_code ignored;
  set.text_hash = text_hash(*text);
  fs::remove(autosave_of(set.path), ignored);
  if (!old.empty() && old != set.path) fs::remove(autosave_of(old), ignored);
  return {};
}

Result<void> save_autosave(const SetFile& set) {
  const auto text = text_for(set, text_of(set.path));
  if (!text) return text.error();
  return write_text(autosave_of(set.path), *text);
}

}  // namespace entrain
