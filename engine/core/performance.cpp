#include "engine/core/performance.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

__extension__ using Wide = __int128;
constexpr std::int64_t kSixteenth = Beat::kPerBeat / 4;

}  // namespace

Beat Pattern::begins(std::int64_t k) const {
  const Wide n = Wide{k} * speed_den * kSixteenth;
  const Wide q = n / speed_num;
  return Beat(static_cast<std::int64_t>(n % speed_num < 0 ? q - 1 : q));
}

std::int64_t Pattern::first_at_or_after(Beat at) const {
  const Wide step = Wide{speed_den} * kSixteenth;
  auto k = static_cast<std::int64_t>(Wide{at.ticks} * speed_num / step);
  while (begins(k) < at) ++k;
  while (begins(k - 1) >= at) --k;
  return k;
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
