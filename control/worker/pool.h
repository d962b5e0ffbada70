// Loads and analyses sounds through worker processes: a file that crashes or hangs its decoder costs that one
// file.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "control/worker/process.h"
#include "engine/analysis/analysis.h"

namespace entrain {

struct LoadedPcm {
  Pcm pcm;
  std::uint64_t pcm_hash = 0;  ///< of what arrived here
};

struct AnalysedSound {
  Analysis analysis;
  std::uint64_t file_hash = 0;  ///< Hash64 of the file's bytes
  std::string remark;           ///< what had to be mended, or empty
};

struct PoolSpec {
  /// What to start, for instance {"/proc/self/exe", "worker"}; it finds its socket at kWorkerSocket.
  std::vector<std::string> command;
  int workers = 2;
  /// How long a worker may go without reporting progress. A file of 20 minutes takes longer than the default,
  /// and reports about a hundred times.
  std::chrono::milliseconds patience{30'000};
};

/// A few threads, each the keeper of one child process (which would die with a more fleeting thread).
/// Children start with the first file, live on, and are replaced when they die.
class WorkerPool {
 public:
  /// Told after each file: how many of how many are done, which one, and its error or nullptr.
  /// Must not throw.
  using Progress = std::function<void(std::size_t done, std::size_t of, const std::filesystem::path& path,
                                      const Error* error)>;

  explicit WorkerPool(PoolSpec spec);
  ~WorkerPool();  ///< cancels; no load may be waiting

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Waits for one file. Any thread but the audio and stage threads; several may wait at once.
  Result<LoadedPcm> load(const std::filesystem::path& path, int rate);

  /// Waits for all; answers stand in the order of the paths. `progress` is called in the calling thread.
  std::vector<Result<LoadedPcm>> load_all(std::span<const std::filesystem::path> paths, int rate,
                                          const Progress& progress = {});

  struct AnalysisOrder {
    std::filesystem::path path;
    bool hints = true;  ///< what its name says of tempo and key counts
  };
  /// Told what came of the order at `index`. `files_fault`: the file is bad, and not the machine.
  using OnAnalysed = std::function<void(std::size_t index, Result<AnalysedSound> analysed, bool files_fault)>;

  /// Analyses all of them, a few at a time, and tells each in the calling thread when it is done, in any
  /// order. Must not throw.
  void analyse_all(std::span<const AnalysisOrder> orders, const OnAnalysed& on_analysed);

  /// Ends running and later loads with an error, within about a tenth of a second, for good. Any thread.
  void cancel();

  bool cancelled() const { return cancelled_.load(); }

  /// Children that had to be replaced since the beginning. Any thread.
  int replaced() const { return replaced_.load(); }

 private:
  using Content = std::variant<LoadedPcm, AnalysedSound>;
  struct Wanted {
    bool analysis = false, hints = false;
    int rate = kOwnRate;  ///< of PCM
  };
  struct Job {
    std::filesystem::path path;
    Wanted wanted;
    std::optional<Result<Content>> answer;  // guarded by mutex_
    bool files_fault = false;               // likewise
  };

  void submit(std::span<Job> jobs);
  void keep_worker();
  Result<Content> run(std::optional<WorkerProcess>& worker, const Job& job, bool& files_fault);
  Result<Content> await(std::optional<WorkerProcess>& worker, int id, const Job& job);
  Error give_up(std::optional<WorkerProcess>& worker, std::string sentence);

  const PoolSpec spec_;
  std::atomic<bool> cancelled_{false};
  std::atomic<int> replaced_{0}, next_id_{1};
  std::mutex mutex_;
  std::condition_variable work_, done_;
  std::deque<Job*> waiting_;  // guarded by mutex_
  std::vector<std::jthread> keepers_;
};

}  // namespace entrain
