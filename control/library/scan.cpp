#include "control/library/scan.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "engine/analysis/file_hash.h"
#include "engine/analysis/hints.h"
#include "engine/library/sound_folder.h"
#include "engine/library/store/analysis_bytes.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

bool same_hints(const fs::path& a, const fs::path& b) {
  const Hints x = hints_in(a.filename().native()), y = hints_in(b.filename().native());
  return x.key == y.key && x.tempo.bpm == y.tempo.bpm && x.tempo.sure == y.tempo.sure;
}

bool below(std::string_view path, const fs::path& folder) {
  const std::string_view root = folder.native();
  return path.starts_with(root) &&
         (path.size() == root.size() || root.ends_with('/') || path[root.size()] == '/');
}

/// Weighs files one by one against what is known; what is left over at the end is missing.
class Planner {
 public:
  Planner(std::span<const KnownFile> known, bool again) : again_(again) {
    for (const KnownFile& file : known) known_[file.path] = &file;
  }

  /// `paths`: everything that is there; `expected`: whether a known file should be among them.
  template <class Expected>
  ScanPlan plan(const std::vector<fs::path>& paths, Expected expected) {
    std::set<std::string_view> there;
    for (const fs::path& path : paths) there.insert(path.native());
    for (const auto& [path, file] : known_)
      if (expected(path) && !there.contains(path)) gone_.emplace(file->stamp.size, file);
    for (const fs::path& path : paths)
      if (const auto stamp = stamp_of(path)) weigh(path, *stamp);
    for (const auto& [size, file] : gone_)
      if (!file->missing) plan_.missing.push_back(file->id);
    return std::move(plan_);
  }

 private:
  void weigh(const fs::path& path, FileStamp stamp) {
    const auto at = known_.find(path.native());
    const KnownFile* file = at == known_.end() ? nullptr : at->second;
    const bool current = file && !again_ && file->version == kAnalysisVersion;
    if (current && file->stamp == stamp && !file->missing) {
      ++plan_.unchanged;
    } else if (current && (file->stamp == stamp || same_bytes(*file, path, stamp))) {
      plan_.settled.push_back({file->id, path, stamp});
    } else if (const KnownFile* from = file || again_ ? nullptr : moved_from(path, stamp)) {
      plan_.settled.push_back({from->id, path, stamp});
    } else {
      plan_.analyse.push_back({path, stamp});
    }
  }

  bool same_bytes(const KnownFile& file, const fs::path& path, FileStamp stamp) const {
    return file.stamp.size == stamp.size && file.failure.empty() && hash_file(path) == file.hash;
  }

  /// A file of the same bytes that is gone from where it was; it is not gone any more.
  const KnownFile* moved_from(const fs::path& path, FileStamp stamp) {
    const auto [first, last] = gone_.equal_range(stamp.size);
    for (auto at = first; at != last; ++at) {
      const KnownFile* file = at->second;
      if (file->version != kAnalysisVersion || !same_hints(file->path, path) ||
          !same_bytes(*file, path, stamp))
        continue;
      gone_.erase(at);
      return file;
    }
    return nullptr;
  }

  const bool again_;
  std::map<std::string, const KnownFile*, std::less<>> known_;
  std::multimap<std::int64_t, const KnownFile*> gone_;  ///< by size
  ScanPlan plan_;
};

}  // namespace

std::optional<FileStamp> stamp_of(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return FileStamp{info.st_size, std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

ScanPlan plan_scan(std::span<const fs::path> roots, std::span<const KnownFile> known, bool again) {
  std::vector<std::string> sentences;
  std::set<fs::path> paths;  // roots may lie in one another
  for (const fs::path& root : roots) {
    std::error_code none;
    if (fs::is_directory(root, none)) {
      const auto sounds = sounds_in(root);
      if (sounds)
        paths.insert(sounds->begin(), sounds->end());
      else
        sentences.push_back(sounds.error().sentence);
    } else if (!fs::exists(root, none)) {
      sentences.push_back(root.string() +
                          " is not there; what is known of its sounds waits until it is back.");
    } else if (is_sound_name(root)) {
      paths.insert(root);
    }
  }
  ScanPlan plan = Planner(known, again).plan({paths.begin(), paths.end()}, [&](std::string_view path) {
    return std::ranges::any_of(roots, [&](const fs::path& root) { return below(path, root); });
  });
  plan.sentences = std::move(sentences);
  return plan;
}

}  // namespace entrain
