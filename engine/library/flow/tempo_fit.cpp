#include "engine/library/flow/tempo_fit.h"

#include <algorithm>

#include "engine/library/find/tempo_match.h"

namespace entrain {
namespace {

constexpr double kWide = 8, kFar = 12;  // percent

}  // namespace

double most_apart(int level, double limit) {
  if (level >= level_of(FlowRule::riser)) return 100;
  if (level == level_of(FlowRule::far)) return std::max(limit, kFar);
  return level == level_of(FlowRule::stretch) ? std::max(limit, kWide) : limit;
}

TempoFit fit_tempo(double master, double loop, double limit) {
  const TempoMatch match = match_tempo(master, loop);
  const auto at = [&](FlowRule rule) {
    return TempoFit{level_of(rule), match.times, 100 * (master / (loop * match.times) - 1)};
  };
  const auto within = [&](FlowRule rule) { return match.apart <= most_apart(level_of(rule), limit); };
  if (within(FlowRule::half_time)) {
    TempoFit fit = at(FlowRule::half_time);
    if (match.times == 1) fit.level = 0;
    return fit;
  }
  for (const FlowRule rule : {FlowRule::stretch, FlowRule::far})
    if (within(rule)) return at(rule);
  return {level_of(FlowRule::riser), 1, 0};
}

}  // namespace entrain
