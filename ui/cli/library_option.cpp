#include "ui/cli/library_option.h"

#include <cstdio>
#include <cstdlib>

namespace entrain {

void add_library_option(CLI::App& sub, std::string& file) {
  sub.add_option("--library", file,
                 "The library (default: $ENTRAIN_LIBRARY, or ~/.local/share/entrain/library.db)");
}

std::filesystem::path library_file(const std::string& file) {
  if (!file.empty()) return file;
  const char* named = std::getenv("ENTRAIN_LIBRARY");
  return named && *named ? std::filesystem::path(named) : Library::default_file();
}

Result<Library> open_library(const std::string& file) {
  auto opened = Library::open(library_file(file));
  if (!opened) return opened.error();
  if (!opened->remark.empty()) std::fprintf(stderr, "%s\n", opened->remark.c_str());
  return std::move(opened->library);
}

std::filesystem::path absolute_path(const std::string& path) {
  std::error_code error;
  auto whole = std::filesystem::weakly_canonical(path, error);
  if (error) whole = std::filesystem::absolute(path).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  return whole;
}

}  // namespace entrain
