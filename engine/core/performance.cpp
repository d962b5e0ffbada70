#include "engine/core/performance.h"

#include <algorithm>

namespace entrain {

bool lawful(const Groove& groove) {
  const auto& all = groove.sixteenths;
  const auto in = [](float x, float min, float max) { return x >= min && x <= max; };
  return !all.empty() && all.size() <= 64 && std::all_of(all.begin(), all.end(), [&](const Groove::Sixteenth& s) {
    return in(s.shift, -0.5f, 0.5f) && in(s.velocity, 0, 2);
  });
}

}  // namespace entrain
