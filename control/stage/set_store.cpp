#include "control/stage/set_store.h"

#include <fmt/format.h>

#include "control/stage/set_writer.h"
#include "control/text_file.h"

namespace entrain {
namespace {

namespace fs = std::filesystem;

/// The set's text, kept close to that of `original`; an Error when it would not read back.
Result<std::string> text_for(const SetFile& set, const fs::path& original) {
  const auto written =
      original.empty() ? Result<std::string>(Error{}) : read_text(original, "set", kMaxSetFile);
  std::string text = written ? woven_text(set, *written) : set_text(set);
  if (const auto reads = parse_set(text, set.path); !reads)
    return Error{fmt::format("the set cannot be written so that it reads back ({}); rename what it names",
                             reads.error().sentence)};
  return text;
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
  return parse_set(*text, set);
}

Result<void> save_set(const SetFile& set, const fs::path& old) {
  std::error_code ignored;
  if (set.path != old && fs::exists(set.path, ignored))
    return Error{
        fmt::format("{} exists already; choose another name, or move it away first", set.path.string())};
  const auto text = text_for(set, old);
  if (!text) return text.error();
  if (auto written = write_text(set.path, *text); !written) return written;
  fs::remove(autosave_of(set.path), ignored);
  if (!old.empty() && old != set.path) fs::remove(autosave_of(old), ignored);
  return {};
}

Result<void> save_autosave(const SetFile& set) {
  const auto text = text_for(set, set.path);
  if (!text) return text.error();
  return write_text(autosave_of(set.path), *text);
}

}  // namespace entrain
