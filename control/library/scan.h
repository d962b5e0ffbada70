// What has changed on disk since the library last looked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/library/library.h"

namespace entrain {

/// A file to be analysed.
struct ScanOrder {
  std::filesystem::path path;
  FileStamp stamp;
};

struct ScanPlan {
  struct Settled {
    std::int64_t id = 0;
    std::filesystem::path path;
    FileStamp stamp;
  };
  std::vector<ScanOrder> analyse;     ///< new, changed, or analysed by an earlier version
  std::vector<Settled> settled;       ///< the same bytes elsewhere, at another time, or back again
  std::vector<std::int64_t> missing;  ///< known, and no longer there
  std::size_t unchanged = 0;
  std::vector<std::string> sentences;  ///< roots that are not there or cannot be read
};

/// None when there is no such file.
std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

/// Compares folders and files with what is known of them. A file of the same path, size and time is the same;
/// one of the same size is hashed and compared with the one of its path, or with one that went missing (it
/// was moved). A name that hints at another tempo or key makes a moved file a new one. What is not there is
/// missing with everything below it. `again`: everything is analysed. Reads files; blocks.
ScanPlan plan_scan(std::span<const std::filesystem::path> roots, std::span<const KnownFile> known,
                   bool again);

}  // namespace entrain
