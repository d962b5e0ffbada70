// A queue in numbers and words, as the performer and the decks get it.
#pragma once

#include <vector>

#include "engine/library/flow/beam.h"
#include "engine/library/flow/flow.h"

namespace entrain {

/// The steps of a queue with their transitions, reasons and what was relaxed. Pure.
std::vector<FlowStep> report(const FlowShelf& shelf, const FlowRequest& request, const FlowJudge& judge,
                             const FlowPool& pool, const Before& now, const std::vector<Placed>& queue);

}  // namespace entrain
