// Sounds: files found, decoded in worker processes, made resident, and shared by whoever plays them.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "control/worker/pool.h"
#include "engine/core/performance.h"
#include "engine/core/result.h"

namespace entrain {

/// Any thread but the audio callback's; load() blocks while a worker decodes.
class Sounds {
 public:
  /// Told after each sound: how many of how many, and its name.
  using Progress = std::function<void(std::size_t done, std::size_t of, const std::string& name)>;
  struct Loaded {
    std::shared_ptr<const Asset> asset;
    std::string remark;  ///< a sentence about a sound that is odd but usable (silent, cut short), or empty
  };

  /// `folders` are searched in order for names that are no absolute paths. All sounds that play together may
  /// take `budget` bytes.
  Sounds(WorkerPool& workers, int rate, std::vector<std::filesystem::path> folders, std::size_t budget = kBudget);
  static constexpr std::size_t kBudget = std::size_t{2} << 30;

  /// The file a name means. The Error says where it was looked for.
  Result<std::filesystem::path> find(const std::string& name) const;
  /// Sounds at engine rate, each decoded once and kept for as long as somebody plays it. Answers stand in the
  /// order of the names.
  std::vector<Result<Loaded>> load_all(const std::vector<std::string>& names, const Progress& progress = {});
  Result<Loaded> load(const std::string& name) { return std::move(load_all({name})[0]); }

  /// Looks in these folders from now on.
  void search(std::vector<std::filesystem::path> folders);

  int rate() const { return rate_; }
  /// Bytes of sound that are resident now.
  std::size_t resident() const;
  std::size_t budget() const { return budget_; }

 private:
  std::shared_ptr<const Asset> known(const std::filesystem::path& path) const;
  Result<Loaded> keep(const std::filesystem::path& path, LoadedPcm loaded);

  WorkerPool& workers_;
  const int rate_;
  const std::size_t budget_;
  mutable std::mutex mutex_;
  std::vector<std::filesystem::path> folders_;
  std::map<std::filesystem::path, std::weak_ptr<const Asset>> known_;
};

/// A decoded sound as the engine plays it, at its rate.
std::shared_ptr<const Asset> make_asset(const std::filesystem::path& path, LoadedPcm loaded, int rate);

/// The power of two of beats that puts a loop's tempo between 80 and 160 BPM.
double usual_beats(double seconds);
/// A loop of one tempo: `beats` long, or without it as long as the power of two of beats whose tempo lies
/// between 80 and 160 BPM. The Error says what is wrong with `beats`.
Result<std::shared_ptr<const Loop>> make_loop(std::shared_ptr<const Asset> asset, int rate, std::optional<double> beats);

}  // namespace entrain
