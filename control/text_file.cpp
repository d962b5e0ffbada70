#include "control/text_file.h"

#include <fmt/format.h>

#include <fstream>

namespace entrain {

Result<std::string> read_text(const std::filesystem::path& path, std::string_view what, std::size_t most) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return Error{fmt::format("{} is a folder; name a {}", path.string(), what)};
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{fmt::format("cannot open the {} {}: check the name and its permissions", what, path.string())};
  std::string text;
  char part[1 << 14];
  while (file.read(part, sizeof part) || file.gcount() > 0) {
    text.append(part, static_cast<std::size_t>(file.gcount()));
    if (text.size() > most) return Error{fmt::format("{} is too large for a {} (over {} KiB)", path.string(), what, most >> 10)};
  }
  return text;
}

}  // namespace entrain
