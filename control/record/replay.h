// Replays a journal: the same inputs at the same quanta, and a verdict whether the same bits came out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/record/journal.h"
#include "control/record/offline.h"
#include "engine/core/performance.h"
#include "engine/core/result.h"

namespace entrain {

/// Finds and prepares the sound of a line, at the journal's rate; the asset's file_hash is the found file's.
using AssetLoader = std::function<Result<std::shared_ptr<const Asset>>(const AssetLine&)>;

struct ReplaySummary {
  std::int64_t frames = 0;       ///< rendered
  std::uint64_t sum = 0;         ///< OutputHash of them
  Isa isa = Isa::baseline;       ///< what it was rendered with
  std::int64_t checksums = 0;    ///< compared
  std::int64_t derived = 0;      ///< adoptions, misses and resolved times compared
  std::optional<Frame> differs;  ///< by this frame at the latest something was not as it had been
  std::string sentence;          ///< the verdict, for a person

  bool bit_exact() const { return !differs && checksums > 0; }
};

/// One journal with its sounds, ready to be rendered as often as one likes. Not realtime-safe.
class Replay {
 public:
  /// Loads every asset once and builds every version. `now` is what this process knows of itself
  /// (header_of_this_process); whatever differs in it, or in an asset, will be named as a reason when bits
  /// differ. Fails, with the loader's sentence, when a sound cannot be had.
  static Result<Replay> prepare(Journal journal, const AssetLoader& load, const JournalHeader& now);

  /// Renders the whole journal into a fresh engine. What differs is told at the end and stops nothing; fails
  /// only with the sink's error.
  Result<ReplaySummary> run(QuantumSink sink) const;

  const Journal& journal() const { return journal_; }
  EngineConfig config() const { return config_; }
  /// What may make the bits differ, known before rendering; a clause each.
  const std::vector<std::string>& reasons() const { return reasons_; }

 private:
  Replay(Journal journal, const JournalHeader& now);

  void compare_machines(const JournalHeader& now);
  Result<void> load_assets(const AssetLoader& load);
  void build_versions();
  std::string verdict(const ReplaySummary& summary) const;

  Journal journal_;
  EngineConfig config_;
  std::vector<std::string> reasons_;
  std::map<int, std::shared_ptr<const Asset>> assets_;
  std::map<std::uint64_t, std::shared_ptr<const Performance>> versions_;
};

}  // namespace entrain
