// Loops at a level of one's choice.
#pragma once

#include "engine/analysis/wide.h"

namespace entrain::test {

/// Loops run at `isa` while this lives.
class AtLevel {
 public:
  explicit AtLevel(Isa isa) : before_(wide_level()) { wide_level() = isa; }
  ~AtLevel() { wide_level() = before_; }
  AtLevel(const AtLevel&) = delete;
  AtLevel& operator=(const AtLevel&) = delete;

 private:
  Isa before_;
};

}  // namespace entrain::test
