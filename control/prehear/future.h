// The future: what an engine will play if nobody touches anything but the flow.
#pragma once

#include <functional>
#include <span>

#include "control/flow/conductor.h"
#include "control/record/offline.h"

namespace entrain {

/// Where a transition lies that was rendered ahead, in frames of the jam, on edges of quanta.
struct FutureSpan {
  Frame from;    ///< the first frame that is heard
  Frame begins;  ///< the transition
  Frame ends;    ///< its end: all before it will be as it was rendered
  Frame until;   ///< one past the last that is heard
};

/// What the decks sum up to in a quantum, left and right.
using FutureSink = std::function<void(std::span<const float> left, std::span<const float> right)>;

/// Renders on from where `offline` stands, with a conductor doing what the flow's will do for `coming`, which
/// the engine knows of already. The sink hears the decks from one bar before the transition until one bar
/// after it. `told`: how far it has come, 0 to 1, now and then. The Error says why the transition does not
/// come.
Result<FutureSpan> render_future(Offline& offline, const Conductor::Placed& coming, int rate,
                                 const FutureSink& sink, const std::function<void(double)>& told = {});

}  // namespace entrain
