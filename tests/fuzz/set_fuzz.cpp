// Feeds any text to the set parser and the pattern parser. Each gives a value or a sentence, and a set that
// is written reads back as the same set.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/stage/set_file.h"
#include "control/stage/set_writer.h"
#include "engine/core/pattern.h"

namespace {

/// What is written reads back as the same set, canonical or woven into what it came from.
void check_written(const entrain::SetFile& set, std::string_view original) {
  entrain::SetFile changed = set;
  changed.name += "!";
  changed.parts.tracks[0].reset();
  for (const auto& [now, text] : {std::pair{&set, entrain::set_text(set)},
                                  {&set, entrain::woven_text(set, original)},
                                  {&changed, entrain::woven_text(changed, original)}}) {
    const auto reads = entrain::parse_set(text, now->path);
    if (!reads || !(*reads == *now)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto set = entrain::parse_set(text, "/sets/fuzz.toml");
  if (!set && set.error().sentence.empty()) std::abort();
  if (set) check_written(*set, text);
  const auto pattern = entrain::parse_pattern(text.substr(0, text.find('\n')));
  if (!pattern && pattern.error().sentence.empty()) std::abort();
  if (pattern && !entrain::parse_pattern(entrain::to_text(*pattern))) std::abort();
  return 0;
}
