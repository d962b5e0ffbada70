#include "ui/cli/library_option.h"

#include <cstdio>

namespace entrain {

void add_library_option(CLI::App& sub, std::string& file) {
  sub.add_option("--library", file, "The library (default: ~/.local/share/entrain/library.db)")
      ->envname("ENTRAIN_LIBRARY");
}

Result<Library> open_library(const std::string& file) {
  auto opened = Library::open(file.empty() ? Library::default_file() : std::filesystem::path(file));
  if (!opened) return opened.error();
  if (!opened->remark.empty()) std::fprintf(stderr, "%s\n", opened->remark.c_str());
  return std::move(opened->library);
}

}  // namespace entrain
