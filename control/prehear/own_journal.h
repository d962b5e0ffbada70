// A session's own journal, for its follower alone, where nobody asked for one to keep.
#pragma once

#include <filesystem>

namespace entrain {

/// One file in a folder of the user's cache, for as long as it lives. What sessions left there that ended
/// without tidying up is taken away.
class OwnJournal {
 public:
  /// Makes the folder; the file is the journal writer's to make.
  explicit OwnJournal(const std::filesystem::path& folder);
  ~OwnJournal();
  OwnJournal(const OwnJournal&) = delete;
  OwnJournal& operator=(const OwnJournal&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace entrain
