#include "engine/units/dsp/groove_lock.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace entrain {
namespace {

constexpr double kFade = 1.0;  // beats from a lone pair to no shift at all

/// Moments of a loop, unrolled over its rounds: number n lies at at(n) beats.
struct Unrolled {
  const std::vector<Beat>& moments;
  double origin, length;

  double at(std::int64_t n) const {
    const auto count = static_cast<std::int64_t>(moments.size());
    std::int64_t round = n / count, index = n % count;
    if (index < 0) index += count, --round;
    return origin + static_cast<double>(round) * length + moments[static_cast<std::size_t>(index)].value();
  }
  /// The first moment after `beat`.
  std::int64_t after(double beat) const {
    const double round = std::floor((beat - origin) / length);
    const double inside = beat - origin - round * length;
    const auto first = std::upper_bound(moments.begin(), moments.end(), inside,
                                        [](double b, Beat moment) { return b < moment.value(); });
    return static_cast<std::int64_t>(round) * static_cast<std::int64_t>(moments.size()) +
           (first - moments.begin());
  }
};

/// Where a kick's onset lies, seen from the kick, if there is one within reach.
std::optional<double> shift_at(double kick, const Unrolled& onsets) {
  const std::int64_t later = onsets.after(kick);
  const double a = onsets.at(later - 1) - kick, b = onsets.at(later) - kick;
  const double nearest = -a <= b ? a : b;
  return std::abs(nearest) <= kLockReach ? std::optional(nearest) : std::nullopt;
}

struct Pair {
  double at, shift;
};
/// The first pair from kick number `n` on, going by `step`, no farther from `beat` than twice kFade.
std::optional<Pair> pair_from(std::int64_t n, int step, double beat, const Unrolled& kicks,
                              const Unrolled& onsets) {
  for (;; n += step) {
    const double kick = kicks.at(n);
    if (std::abs(kick - beat) > 2 * kFade) return std::nullopt;
    if (const auto shift = shift_at(kick, onsets)) return Pair{kick, *shift};
  }
}

}  // namespace

double lock_shift(double beat, const LockedPair& pair) {
  if (pair.layer->onsets.empty() || pair.foundation->kicks.empty()) return 0;
  const Unrolled kicks{pair.foundation->kicks, pair.foundation_origin, pair.foundation->length().value()};
  const Unrolled onsets{pair.layer->onsets, pair.layer_origin, pair.layer->length().value()};
  const std::int64_t next = kicks.after(beat);
  const auto a = pair_from(next - 1, -1, beat, kicks, onsets), b = pair_from(next, 1, beat, kicks, onsets);
  if (a && b && b->at - a->at <= 2 * kFade)
    return a->shift + (b->shift - a->shift) * (beat - a->at) / (b->at - a->at);
  const auto faded = [&](const std::optional<Pair>& p) {
    return p ? p->shift * std::max(0.0, 1 - std::abs(beat - p->at) / kFade) : 0.0;
  };
  return faded(a) + faded(b);
}

}  // namespace entrain
