// A library of some folders and files only, which goes away again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/library/library.h"

namespace entrain {

class PassingLibrary {
 public:
  /// Analyses what lies there, with progress on a terminal; what cannot be read is said on stderr. The Error
  /// names a path that is not there.
  static Result<PassingLibrary> of(const std::vector<std::string>& paths);

  PassingLibrary(PassingLibrary&& other) noexcept;
  ~PassingLibrary();
  Library& library() { return *library_; }

 private:
  PassingLibrary() = default;

  std::filesystem::path folder_;
  std::optional<Library> library_;
};

}  // namespace entrain
