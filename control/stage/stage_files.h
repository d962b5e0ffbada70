// What the stage reads and writes, where it may wait for a disk: on the loader's thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "control/sequence/pattern_file.h"
#include "control/stage/command_call.h"
#include "control/stage/edits.h"
#include "control/stage/regroup.h"
#include "control/stage/set_loader.h"
#include "engine/groove/groove_template.h"

namespace entrain {

struct OpenedSet {
  SetFile set;
  LoadedSet loaded;
};

/// A command on its way through the stage's two threads.
struct Job {
  /// What came of it; called on a thread of the stage's, must not block.
  using Done = std::function<void(const Result<std::string>&)>;
  /// What the loader got ready.
  using Ready =
      std::variant<std::monostate, std::shared_ptr<const DeckDocument>, std::shared_ptr<const Groove>,
                   std::shared_ptr<const PatternFile>, std::shared_ptr<OpenedSet>, std::shared_ptr<Regrouped>>;
  /// What the flow brings.
  struct Brought {
    SetParts parts;
    std::vector<Event> events;
  };
  CommandCall call;
  std::shared_ptr<const Brought> brought;  ///< then there is no call
  Done done;
  bool loaded = false;  ///< the loader did its part
  Ready ready;
  std::shared_ptr<const Loop> loop;  ///< for the loader to listen to
  std::vector<SetFile::ClusterText> clusters;  ///< for the loader to group anew
  std::shared_ptr<SetFile> set;      ///< for the loader to write
  std::filesystem::path path;        ///< where to, or where the set to be written came from
  std::string text;                  ///< for the loader to write
  std::string said;                  ///< the sentence when all went well, or a remark to be added
  bool autosave = false;             ///< of `set`; nobody asked
};

class StageFiles {
 public:
  /// `sounds` must outlive it.
  StageFiles(Sounds& sounds, int rate) : sounds_(sounds), rate_(rate) {}

  /// Commands whose file is read before the stage sees them.
  static bool reads_first(CommandId id);
  /// Does the loader's part of a job. Blocks; the loader's thread.
  Result<void> serve(Job& job) const;

  /// Where the set lies, and its bars. Any thread.
  void settle(const std::filesystem::path& home, int beats_per_bar);
  /// A path as a performer names it: absolute, or beside the set. Any thread.
  std::filesystem::path beside_set(const std::string& name) const;

 private:
  Result<Job::Ready> load(Job& job) const;
  Result<std::shared_ptr<const Loop>> load_loop(const std::string& file, std::optional<double> beats) const;
  Result<std::shared_ptr<const Groove>> load_groove(const std::string& file, std::optional<double> beats,
                                                    std::string& remark) const;
  Result<Job::Ready> load_groups(const Job& job) const;
  Result<std::shared_ptr<const Groove>> groove_from(const std::string& name,
                                                    const std::vector<PlayedHit>& hits) const;

  Sounds& sounds_;
  const int rate_;
  mutable std::mutex mutex_;  ///< guards what follows
  std::filesystem::path home_;
  int beats_per_bar_ = 4;
};

}  // namespace entrain
