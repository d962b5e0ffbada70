// The set desk: which set is open, its scenes, and what commands on them mean. The stage asks it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/stage/command_call.h"
#include "control/stage/regroup.h"
#include "control/stage/set_capture.h"
#include "control/stage/set_loader.h"

namespace entrain {

/// One thread (the stage's); no file I/O.
class SetDesk {
 public:
  /// A change of many things at once, at one boundary.
  struct Act {
    SetParts parts;
    std::vector<ControlValue> values;
    Beat glide;  ///< how long continuous controls take
    std::string said;
  };

  using Clusters = std::map<std::string, std::shared_ptr<const Cluster>>;

  /// What an undo brings back. `set`: another set was open, and what it was.
  struct Before {
    std::vector<Scene> scenes;
    std::vector<ControlId> exempt;
    std::optional<std::pair<SetFile, Clusters>> set;
  };

  SetDesk(SetFile document, LoadedSet loaded);

  /// /scene/recall name [what] [bars].
  Result<Act> recall(const CommandCall& call, const Meter& meter) const;
  /// /scene/store, delete, copy, move, rename, exempt; the sentence says what was done.
  Result<std::string> arrange(const CommandCall& call, const Performance& latest, const Snapshot& snapshot);
  /// Another set, loaded: it takes this one's place, and the act brings it in.
  Act open(SetFile document, LoadedSet loaded);

  /// Other clusters take the place of the set's; its scenes go on with their heirs, and so do its tracks by the
  /// edit.
  SetClusters regroup(Regrouped groups, const Performance& latest);

  Before before(bool another_set) const;
  void restore(Before before);

  /// A cluster of the set. The Error lists those that there are.
  Result<std::shared_ptr<const Cluster>> cluster(const std::string& name) const;

  SetFile capture(const Performance& latest, const Snapshot& snapshot, int rate) const;
  /// What was captured is now in its file.
  void saved(SetFile document) { document_ = autosaved_ = std::move(document); }
  /// Whether `now` holds anything that neither the file nor its autosave has; if so, it counts as autosaved.
  bool wants_autosave(const SetFile& now);

  const SetFile& document() const { return document_; }
  std::vector<std::string> scene_names() const;

 private:
  std::vector<Scene>::iterator find(const std::string& name);
  Error no_scene(const std::string& name) const;
  Result<std::string> move(const std::string& name, double place);
  Result<std::string> exempt(const CommandCall& call);

  SetFile document_, autosaved_;
  Clusters clusters_;
  std::vector<Scene> scenes_;
  std::vector<ControlId> exempt_;
};

}  // namespace entrain
