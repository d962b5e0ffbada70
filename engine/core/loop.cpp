#include "engine/core/loop.h"

#include <algorithm>
#include <cmath>

namespace entrain {

double Loop::source_at(double beats) const {
  const double span = length().value(), unrolled = beats + one.value();
  const double cycle = std::floor(unrolled / span);
  const double inside = unrolled - cycle * span;
  const auto after = std::find_if(warp.begin() + 1, warp.end() - 1,
                                  [&](const WarpPoint& p) { return inside < p.beat.value(); });
  const WarpPoint &a = *(after - 1), &b = *after;
  const double part = (inside - a.beat.value()) / (b.beat - a.beat).value();
  return cycle * source_length() + a.source + part * (b.source - a.source);
}

double Loop::beats_at(double source) const {
  const auto after =
      std::find_if(warp.begin() + 1, warp.end() - 1, [&](const WarpPoint& p) { return source < p.source; });
  const WarpPoint &a = *(after - 1), &b = *after;
  const double beats =
      a.beat.value() + (source - a.source) / (b.source - a.source) * (b.beat - a.beat).value() - one.value();
  const double span = length().value();
  return beats - span * std::floor(beats / span);
}

bool lawful(const Loop& loop, std::int64_t frames) {
  const auto& warp = loop.warp;
  if (warp.size() < 2 || warp.front().beat != Beat(0)) return false;
  const auto rises = [](const WarpPoint& a, const WarpPoint& b) {
    return a.beat < b.beat && a.source < b.source;
  };
  for (std::size_t i = 1; i < warp.size(); ++i)
    if (!rises(warp[i - 1], warp[i])) return false;
  // Whole frames that the player will read.
  if (!(loop.source_length() >= 1 && warp.front().source >= 0 &&
        warp.back().source <= static_cast<double>(frames)))
    return false;
  const auto inside = [&](Beat b) { return b >= Beat(0) && b < loop.length(); };
  const auto moments = [&](const std::vector<Beat>& list, Beat gap) {
    for (std::size_t i = 1; i < list.size(); ++i)
      if (list[i] < list[i - 1] + gap) return false;
    if (list.size() > 1 && list.front() + loop.length() < list.back() + gap) return false;
    return std::all_of(list.begin(), list.end(), inside);
  };
  return inside(loop.one) && loop.seam >= 0 && loop.seam < loop.source_length() && loop.gain >= 0 && loop.gain <= 16 && moments(loop.onsets, Beat(1)) &&
         moments(loop.kicks, Loop::kKickGap) &&
         std::all_of(loop.markers.begin(), loop.markers.end(),
                     [&](const auto& m) { return !m || inside(*m); });
}

}  // namespace entrain
