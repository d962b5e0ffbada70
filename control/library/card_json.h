// What the library knows of a sound, for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/library/card.h"

namespace entrain {

/// Everything but the vectors. What a sound does not have is null.
nlohmann::ordered_json card_json(const Card& card);

}  // namespace entrain
