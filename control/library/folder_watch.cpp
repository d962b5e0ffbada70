#include "control/library/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace entrain {
namespace fs = std::filesystem;
namespace {

constexpr std::uint32_t kEvents = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                                  IN_EXCL_UNLINK;

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [at, end] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  static_cast<void>(end);
  return at == folder.end();
}

}  // namespace

FolderWatch::FolderWatch() : inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (!inotify_)
    trouble_ = std::string("Folders cannot be watched (") + std::strerror(errno) + "); scan them by hand.";
}

void FolderWatch::watch(std::span<const fs::path> roots) {
  roots_.assign(roots.begin(), roots.end());
  trouble_.clear();
  std::vector<fs::path> left;
  for (const auto& [id, folder] : folders_)
    if (std::ranges::none_of(roots_, [&](const fs::path& root) { return is_below(folder, root); }))
      left.push_back(folder);
  for (const fs::path& folder : left) drop(folder);
  for (const fs::path& root : roots_) add(root);
}

void FolderWatch::add(const fs::path& folder) {
  if (!inotify_) return;
  // First the watch, then the listing: what comes in between is told twice rather than never.
  const int id = ::inotify_add_watch(inotify_.get(), folder.c_str(), kEvents);
  if (id < 0) {
    if (errno == ENOSPC)
      trouble_ =
          "Not all folders can be watched (the system allows no more); raise it with: sysctl "
          "fs.inotify.max_user_watches=524288";
    return;
  }
  folders_[id] = folder;
  std::error_code none;
  for (fs::directory_iterator at(folder, fs::directory_options::skip_permission_denied, none), end; at != end;
       at.increment(none))
    if (at->is_directory(none) && !at->is_symlink(none)) add(at->path());
}

void FolderWatch::drop(const fs::path& folder) {
  std::erase_if(folders_, [&](const auto& watched) {
    if (!is_below(watched.second, folder)) return false;
    ::inotify_rm_watch(inotify_.get(), watched.first);
    return true;
  });
}

void FolderWatch::retry_roots() {
  for (const fs::path& root : roots_) {
    const bool watched = std::ranges::any_of(folders_, [&](const auto& f) { return f.second == root; });
    std::error_code none;
    if (watched || !fs::is_directory(root, none)) continue;
    add(root);
    note(root);
  }
}

void FolderWatch::read_events() {
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  for (;;) {
    const auto size = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (size <= 0) return;
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      inotify_event event{};
      std::memcpy(&event, at, sizeof event);
      const char* name = at + sizeof event;
      at += sizeof event + event.len;
      if (event.mask & IN_Q_OVERFLOW) {
        for (const fs::path& root : roots_) {
          add(root);
          note(root);
        }
        continue;
      }
      const auto folder = folders_.find(event.wd);
      if (folder == folders_.end()) continue;
      const fs::path path = event.len > 0 ? folder->second / name : folder->second;
      if (event.mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) {
        drop(fs::path(folder->second));
        note(path);
        continue;
      }
      if (event.mask & IN_ISDIR) {
        if (event.mask & (IN_MOVED_FROM | IN_DELETE)) drop(path);
        if (event.mask & (IN_MOVED_TO | IN_CREATE)) add(path);
      }
      note(path);
    }
  }
}

std::vector<fs::path> FolderWatch::wait(std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  retry_roots();
  for (;;) {
    read_events();
    const auto now = Clock::now();
    std::vector<fs::path> quiet;
    auto next = until;
    for (const auto& [path, when] : noted_) {
      if (now - when >= kQuiet)
        quiet.push_back(path);
      else
        next = std::min(next, when + kQuiet);
    }
    for (const fs::path& path : quiet) noted_.erase(path);
    if (!quiet.empty() || now >= until) return quiet;
    pollfd fd{inotify_.get(), POLLIN, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now);
    ::poll(&fd, 1, static_cast<int>(left.count()));
  }
}

}  // namespace entrain
