// From a set as written to a performance that can be played.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/stage/scene.h"
#include "control/stage/set_file.h"
#include "control/stage/sounds.h"
#include "engine/core/events.h"

namespace entrain {

struct LoadedSet {
  Performance performance;
  std::map<std::string, std::shared_ptr<const Cluster>> clusters;
  /// What brings the engine to the set's state, in order, for its first quanta: controls, launches, and the
  /// start with its fade-in when the set plays by itself.
  std::vector<Event> events;
  std::vector<Scene> scenes;
  std::vector<ControlId> exempt;  ///< what no scene moves
  /// A sentence for everything that was left out or is odd; the rest plays.
  std::vector<std::string> remarks;
};

/// Loads what the set names. Sounds that cannot be had are left out with a remark: a set plays on with what is
/// good, and marks it in `set`. Blocks; not for the stage or audio threads.
LoadedSet load_set(SetFile& set, Sounds& sounds, const Sounds::Progress& progress = {});

}  // namespace entrain
