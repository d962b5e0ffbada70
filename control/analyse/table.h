// A table of analyses on disk.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/analysis/analysis.h"
#include "engine/core/result.h"

namespace entrain {

/// A CSV file, and beside it a folder with the onsets of each file: seconds, one a line. `loops.csv` has its
/// onsets in `loops.onsets`. One thread.
class AnalysisTable {
 public:
  /// Writes the first line. The Error names the file.
  static Result<AnalysisTable> open(const std::filesystem::path& path);
  Result<void> add(const std::string& name, const Analysis& analysis);

 private:
  std::filesystem::path onsets_;
  std::ofstream out_;
  std::size_t rows_ = 0;
};

}  // namespace entrain
