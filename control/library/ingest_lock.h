// One process at a time brings a library up to date.
#pragma once

#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>

#include "control/owned_fd.h"

namespace entrain {

/// Held until it goes, or until the process ends, however it ends.
class IngestLock {
 public:
  /// Takes it if nobody holds it; see held().
  explicit IngestLock(const std::filesystem::path& library)
      : file_(::open((library.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ && ::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) file_.reset();
  }
  bool held() const { return static_cast<bool>(file_); }

 private:
  OwnedFd file_;
};

}  // namespace entrain
