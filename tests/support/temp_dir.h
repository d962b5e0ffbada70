// A folder for the files of a test, and what their text holds.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace entrain::test {

/// A new directory, removed at the end of the scope whatever its rights became.
struct TempDir {
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "entrain-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::filesystem::path path;
};

/// Debian's package of that name.
inline constexpr const char* kSonicPiSamples = "/usr/share/sonic-pi/samples";

inline bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace entrain::test
