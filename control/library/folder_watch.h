// Tells which files of folders changed, while they do (inotify).
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "control/owned_fd.h"

namespace entrain {

/// Watches folders and all folders in them. One thread.
class FolderWatch {
 public:
  using Clock = std::chrono::steady_clock;
  /// A change is told when nothing more happened to the path for so long: a file is still being copied.
  static constexpr std::chrono::milliseconds kQuiet{1000};

  FolderWatch();

  /// Watches these from now on, and no others. One that is not there is tried again at every wait().
  void watch(std::span<const std::filesystem::path> roots);

  /// Waits for at most `patience`, and returns files and folders that came, changed or went, once they are
  /// quiet. When the system lost track, that is every root.
  std::vector<std::filesystem::path> wait(std::chrono::milliseconds patience);

  /// Why some folders are not watched, with the mend; empty: all are.
  const std::string& trouble() const { return trouble_; }

 private:
  void add(const std::filesystem::path& folder);
  void drop(const std::filesystem::path& folder);
  void retry_roots();
  void read_events();
  void note(const std::filesystem::path& path) { noted_[path] = Clock::now(); }

  OwnedFd inotify_;
  std::vector<std::filesystem::path> roots_;
  std::map<int, std::filesystem::path> folders_;              ///< by watch
  std::map<std::filesystem::path, Clock::time_point> noted_;  ///< when something last happened
  std::string trouble_;
};

}  // namespace entrain
