// The search for a queue: a beam over the loops of a pool.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/library/flow/judge.h"

namespace entrain {

inline constexpr std::size_t kBeam = 8;
inline constexpr double kOfLevel = 0.15;   ///< of score, that each level costs
inline constexpr double kMayFallBy = 0.1;  ///< of score, before what was kept is planned anew

/// A loop at a place of the queue.
struct Placed {
  std::size_t loop = 0;  ///< of the pool
  Judged judged;
  int level = 0;  ///< FlowStep::level
  bool repeat = false;
  Hold hold = Hold::free;
  double riser_bars = 0, bars = 0;
  double minute = 0;  ///< when it begins, after its riser
  double tempo = 0, tempo_after = 0;
};

/// The best queue; shorter than asked, or empty, only where the pool has nothing that may come.
std::vector<Placed> best_path(const FlowRequest& request, const FlowJudge& judge, const FlowPool& pool,
                              const FlowShelf& shelf, const Before& now);

/// The likeness of each loop of the pool to the one that Lean::alike means; 0 where none does.
std::vector<float> alike_to_wish(const FlowRequest& request, const FlowJudge& judge, const FlowPool& pool,
                                 const FlowShelf& shelf);

/// What sounds before the step after this one.
Before after(const Placed& placed, const FlowPool& pool);

}  // namespace entrain
