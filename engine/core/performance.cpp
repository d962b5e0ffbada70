#include "engine/core/performance.h"

#include <algorithm>
#include <cmath>

namespace entrain {

bool lawful(const Groove& groove) {
  const auto& all = groove.sixteenths;
  const auto in = [](float x, float min, float max) { return x >= min && x <= max; };
  return !all.empty() && all.size() <= 64 && std::all_of(all.begin(), all.end(), [&](const Groove::Sixteenth& s) {
    return in(s.shift, -0.5f, 0.5f) && in(s.velocity, 0, 2);
  });
}

double Loop::source_at(double beats) const {
  const double span = length().value();
  const double cycle = std::floor(beats / span);
  const double inside = beats - cycle * span;
  const auto after = std::find_if(warp.begin() + 1, warp.end() - 1,
                                  [&](const WarpPoint& p) { return inside < p.beat.value(); });
  const WarpPoint &a = *(after - 1), &b = *after;
  const double part = (inside - a.beat.value()) / (b.beat - a.beat).value();
  return cycle * source_length() + a.source + part * (b.source - a.source);
}

}  // namespace entrain
