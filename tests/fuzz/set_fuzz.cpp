// Feeds any text to the set parser and the pattern parser. Each gives a value or a sentence.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/core/pattern.h"
#include "control/stage/set_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto set = entrain::parse_set(text, "/sets/fuzz.toml");
  if (!set && set.error().sentence.empty()) std::abort();
  const auto pattern = entrain::parse_pattern(text.substr(0, text.find('\n')));
  if (!pattern && pattern.error().sentence.empty()) std::abort();
  if (pattern && !entrain::parse_pattern(entrain::to_text(*pattern))) std::abort();
  return 0;
}
