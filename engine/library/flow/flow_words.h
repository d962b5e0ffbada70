// The choices of a flow and their names, as reasons, files and commands say them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace entrain {

/// How one loop goes over into the next.
enum class TransitionKind : std::uint8_t {
  blend,      ///< both fade, at equal power
  bass_swap,  ///< the same, but only one has its lows, and they change hands in the middle
  filter,     ///< the old one loses its lows, then all, while the new one comes in
  echo_out,   ///< the old one ends in echoes, the new one begins beside them
  cut,        ///< from one to the other, on the beat
};
inline constexpr std::size_t kTransitionKinds = 5;

struct FlowTransition {
  TransitionKind kind = TransitionKind::blend;
  double bars = 8;  ///< FlowSettings::kShortestTransition to kLongestTransition
  bool operator==(const FlowTransition&) const = default;
};

/// What becomes of the master's tempo when a loop of another comes in.
enum class TempoPolicy : std::uint8_t {
  keep,   ///< it stays
  relax,  ///< it becomes the loop's own after the transition
  glide,  ///< it goes there over the transition
};
inline constexpr std::size_t kTempoPolicies = 3;

/// Rules that give way, in this order, before a flow runs dry. The last three do so by hand only.
enum class FlowRule : std::uint8_t {
  half_time,  ///< the tempo counts as it stands
  stretch,    ///< ...within the limit: gives way to 8 %
  far,        ///< ...to 12 %
  riser,      ///< ...and then to any: a riser comes between
  repeat,     ///< no loop is heard twice within the window
  check,      ///< tempo and downbeat are sure
  veto,       ///< what the performer does not want does not come
};
inline constexpr std::size_t kFlowRules = 7;

/// Where the next loops are to go.
enum class Lean : std::uint8_t { darker, brighter, faster, slower, calmer, harder, alike };
inline constexpr std::size_t kLeans = 7;

/// How firmly a loop stands at its place of the queue.
enum class Hold : std::uint8_t {
  free,    ///< the planner fills it
  kept,    ///< planned before: stays while it fits
  pinned,  ///< the performer put it there
  locked,  ///< likewise, and it comes although it is unchecked or vetoed
};
inline constexpr std::size_t kHolds = 4;

// "bass swap", "keep", "half time", "more like this", "pinned"...
std::string_view name_of(TransitionKind kind);
std::string_view name_of(TempoPolicy policy);
std::string_view name_of(FlowRule rule);
std::string_view name_of(Lean lean);
std::string_view name_of(Hold hold);

/// The choice of this name; none for any other word. All of them, for a person: "blend, bass swap...".
template <class Choice>
std::optional<Choice> choice_from(std::string_view name);
template <class Choice>
std::string choices();

}  // namespace entrain
