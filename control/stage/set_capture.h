// From what plays to a set as written: the way back of the loader.
#pragma once

#include "control/stage/scene.h"
#include "control/stage/set_file.h"

namespace entrain {

/// What plays, as a set. `document` gives what the engine does not know (name, folders, clusters, what could
/// not be loaded), so that an untouched set comes out as it went in. Values are rounded to what a float
/// holds. `rate`: Hz.
SetFile capture_set(const SetFile& document, const Performance& performance, const Snapshot& snapshot,
                    const std::vector<Scene>& scenes, const std::vector<ControlId>& exempt, int rate);

}  // namespace entrain
