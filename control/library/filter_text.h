// A filter as a person writes it.
#pragma once

#include <string>

#include "engine/core/result.h"
#include "engine/library/find/filter.h"

namespace entrain {

/// Empty texts ask for nothing.
struct FilterText {
  std::string tempo;   ///< "118-126", "120" (2 % about it), "118-", "-126"
  std::string key;     ///< "8A", "Am", "F# minor"
  std::string energy;  ///< "3-6", "5" (half a step about it)
  std::string hit;     ///< "kick", "hat_open"...
  std::string folder;  ///< absolute
};

/// The Error names the option, what it holds and what it may hold.
Result<Filter> filter_from(const FilterText& text);

}  // namespace entrain
