#include "engine/analysis/wide.h"

namespace entrain {

Isa& wide_level() {
  static Isa level = best_isa();
  return level;
}

}  // namespace entrain
