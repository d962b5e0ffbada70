// A planned flow, for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/core/transition.h"
#include "engine/library/flow/flow.h"
#include "engine/library/flow/shelf.h"

namespace entrain {

/// {"steps": [...], "staying", "ends", "remarks"}; every value of every step with its unit in its name, and
/// the sound under "sound" as card_json() has it.
nlohmann::ordered_json flow_json(const FlowPlan& plan, const FlowShelf& shelf);

/// {"name": "blend", "out": {"gain": [[part, value], ...]}, "in": {...}}: the curves of a transition.
nlohmann::ordered_json shape_json(const TransitionShape& shape);

}  // namespace entrain
