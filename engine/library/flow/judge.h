// How well a loop of the pool stands at a place of the queue, after what sounds before it.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/library/find/compatibility.h"
#include "engine/library/flow/leans.h"
#include "engine/library/flow/pool.h"
#include "engine/library/flow/tempo_fit.h"

namespace entrain {

/// What sounds before a step.
struct Before {
  bool silence = true;  ///< nothing does: the flow begins
  Card card;            ///< its tempo is the master's, its key the one that is heard
  double tempo = 0;     ///< the master's BPM; 0: none yet
  double low = 0;       ///< low_share()
  double bars = 16;     ///< which it plays
};

struct Judged {
  TempoFit fit;
  int semitones = 0;
  double score = 0;  ///< 0 to 1
};

/// A key moved up by semitones.
Key shifted(Key key, int semitones);

class FlowJudge {
 public:
  /// Refers to both.
  FlowJudge(const FlowRequest& request, const CompatibilityWeights& weights)
      : request_(request), weights_(weights), leans_(request.wishes.leans) {}

  const Leans& leans() const { return leans_; }
  TempoFit fit(const Before& before, const PoolLoop& loop) const;
  /// The compatibility of both (see there) by the shares of its criteria; in place of energy's, where there
  /// is an arc, how near the loop comes to it; and the leans' shares. `likeness` to what sounds before,
  /// `alike` to what the performer pointed at, -1 to 1. Before silence: near to the arc, else to a middling
  /// energy.
  Judged judge(const Before& before, const PoolLoop& loop, double likeness, double alike, std::size_t place,
               double minute) const;
  /// The same in words, with the shares.
  Compatibility explain(const Before& before, const PoolLoop& loop, const Judged& judged, double likeness,
                        std::size_t place) const;

  /// What becomes of the master's tempo at a place.
  TempoPolicy policy(std::size_t place) const;

 private:
  CompatibilityWeights weights_at(std::size_t place, int level) const;
  int best_shift(const Before& before, const Card& card) const;

  const FlowRequest& request_;
  const CompatibilityWeights& weights_;
  Leans leans_;
};

}  // namespace entrain
