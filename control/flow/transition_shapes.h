// The shapes of transitions: curves as data, made for a length and for what clashes.
#pragma once

#include <memory>

#include "engine/core/transition.h"
#include "engine/library/flow/flow_words.h"

namespace entrain {

/// `length` above 0. Gains are of equal power unless said.
///   blend      both cross over the whole length; where lows clash (0 to 1), the coming deck's are held back
///   by
///              so much until the middle, and the going deck's from there on
///   bass swap  the same with the whole of the lows, which change hands within an eighth of a beat on the
///   beat
///              nearest to the middle, and keep their level throughout
///   filter     the going deck is swept up through a high pass and fades, the coming one comes down through
///   its own echo out   the going deck goes more and more into the delay and rings on there; the coming one
///   is there at
///              once at the end
///   cut        at the beginning
/// What goes into nothing: slower than equal power, as nothing takes its place.
std::shared_ptr<const TransitionShape> fading_shape();
/// How long after its beginning the coming deck is meant to be heard from its beat 0: nothing, but for echo
/// out.
inline Beat heard_after(TransitionKind kind, Beat length) {
  return kind == TransitionKind::echo_out ? length : Beat(0);
}
std::shared_ptr<const TransitionShape> transition_shape(TransitionKind kind, Beat length, double clash = 0);

}  // namespace entrain
