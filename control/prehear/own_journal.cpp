#include "control/prehear/own_journal.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>

namespace entrain {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kBefore = "jam-", kAfter = ".journal";

/// The process that a file is of.
std::optional<pid_t> owner_of(const std::string& name) {
  if (!name.starts_with(kBefore) || !name.ends_with(kAfter)) return std::nullopt;
  pid_t pid = 0;
  const char *first = name.data() + kBefore.size(), *last = name.data() + name.size() - kAfter.size();
  const auto done = std::from_chars(first, last, pid);
  if (done.ec != std::errc() || done.ptr != last || pid <= 0) return std::nullopt;
  return pid;
}

bool gone(pid_t pid) { return pid == ::getpid() || (::kill(pid, 0) != 0 && errno == ESRCH); }

}  // namespace

OwnJournal::OwnJournal(const fs::path& folder)
    : path_(folder / (std::string(kBefore) + std::to_string(::getpid()) + std::string(kAfter))) {
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (const auto pid = owner_of(entry.path().filename().string()); pid && gone(*pid))
      fs::remove(entry.path(), ignored);
}

OwnJournal::~OwnJournal() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

}  // namespace entrain
