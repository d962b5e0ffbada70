#include "engine/library/find/tempo_match.h"

#include <algorithm>
#include <cmath>

namespace entrain {

TempoMatch match_tempo(double first, double second) {
  TempoMatch best;
  double nearest = HUGE_VAL;
  for (const double times : {1.0, 0.5, 2.0}) {
    const double octaves = std::abs(std::log2(second * times / first));
    if (octaves >= nearest) continue;
    nearest = octaves;
    best = {100 * (1 - std::exp2(-octaves)), times};
  }
  return best;
}

}  // namespace entrain
