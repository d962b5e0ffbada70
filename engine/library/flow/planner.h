// The flow planner: which loop comes next, and what has to give way for it.
#pragma once

#include "engine/library/find/compatibility.h"
#include "engine/library/flow/flow.h"
#include "engine/library/flow/shelf.h"

namespace entrain {

/// Plans the next steps. A beam of kBeam queues grows place by place: each goes on with the kBeam best loops
/// of the lowest level (see Relaxation) that has any, and those of the highest sum of scores, less kOfLevel
/// for each level, live on; so a step that leads into a corner loses to one that does not. What the wishes
/// hold stands; what was kept stands as long as it fits about as well as when it was planned. Between equals
/// the seed decides.
///
/// The same request gives the same plan. Never empty while a trusted loop exists that is not vetoed, unless
/// the wishes end the flow. Cost: some hundred loops are chosen from the library in one pass (10 ms for 100
/// 000), then 1 + kBeam * (steps - 1) times all of these are compared. Pure; any thread.
FlowPlan plan_flow(const FlowShelf& shelf, const FlowRequest& request,
                   const CompatibilityWeights& weights = {});

/// How long a loop plays whose span has so many bars: the span as often as it takes to reach the least bars
/// in whole phrases of four; longer, to the most bars, while an arc stays within a step of its energy. A span
/// that is longer than the most bars is played in part.
double bars_played(double span_bars, double energy, double minute, double tempo, const FlowRequest& request);

inline constexpr double kBarsOfPhrase = 4;

/// The request with every value in its range, as it is planned.
FlowRequest in_ranges(FlowRequest request);

}  // namespace entrain
