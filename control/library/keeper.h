// The library while a set plays: kept up to date with its folders, and answering at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/library/finder.h"
#include "control/library/folder_watch.h"
#include "control/library/ingest.h"
#include "engine/core/result.h"
#include "engine/library/library.h"

namespace entrain {

/// What the library holds at a moment.
struct LibraryView {
  std::shared_ptr<const Finder> finder;  ///< over all cards, which stand by path
  std::vector<std::filesystem::path> folders;
  std::optional<IngestProgress> scanning;  ///< none: it rests
  std::vector<std::string> sentences;      ///< what could not be read lately, and why

  const std::vector<Card>& cards() const { return finder->cards(); }
};

/// A thread of its own, which watches, scans and stores, and worker processes that run only when nothing else
/// wants to.
class LibraryKeeper {
 public:
  struct Spec {
    std::filesystem::path file;       ///< of the library
    std::vector<std::string> worker;  ///< command of a child; see PoolSpec
    int workers = 1;
    IngestOptions options;
    CompatibilityWeights weights;
  };
  /// Receives one sentence at a time, on the keeper's thread. Must not block.
  using Say = std::function<void(const std::string&)>;

  /// Opens the library and makes its cards ready to be searched; the rest happens later. The Error is the
  /// library's.
  static Result<std::unique_ptr<LibraryKeeper>> start(Spec spec, Say say);
  ~LibraryKeeper();  ///< stops; what was analysed is kept

  /// Any thread but the audio callback's.
  LibraryView view() const;
  const std::filesystem::path& file() const { return spec_.file; }

 private:
  LibraryKeeper(Spec spec, Say say, Library library);
  void run(std::stop_token stop);
  void scan(std::span<const std::filesystem::path> roots);
  bool refresh();
  void show(const std::function<void(LibraryView&)>& change);

  const Spec spec_;
  const Say say_;
  Library library_;  ///< the thread's, once it runs
  FolderWatch watch_;
  std::optional<std::int64_t> generation_;
  std::string trouble_;  ///< said already

  mutable std::mutex mutex_;  ///< guards what follows
  LibraryView view_;
  WorkerPool* workers_ = nullptr;  ///< while they work
  bool stopping_ = false;

  std::jthread thread_;
};

}  // namespace entrain
