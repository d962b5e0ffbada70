// The card of a sound that no library holds.
#pragma once

#include <string>

#include "engine/analysis/analysis.h"
#include "engine/library/card.h"

namespace entrain {

/// What the library would know of it; `id` 0. Pure.
Card card_of(std::string path, const Analysis& analysis);

}  // namespace entrain
