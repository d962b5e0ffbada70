// The card of a sound, from its analysis.
#pragma once

#include <string>

#include "engine/analysis/analysis.h"
#include "engine/library/card.h"

namespace entrain {

/// What a library shows of it; `id` 0. Pure.
Card card_of(std::string path, const Analysis& analysis);

}  // namespace entrain
