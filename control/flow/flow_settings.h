// How a flow's settings, and what a person types about it, are called.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/library/flow/flow.h"

namespace entrain {

/// One setting: the only place its name stands.
struct NumberSetting {
  std::string_view name;
  double FlowSettings::*value;
  double least, most;
};
struct WholeSetting {
  std::string_view name;
  int FlowSettings::*value;
  int least, most;
};
inline constexpr std::array<NumberSetting, 4> kNumberSettings{{
    {"least_bars", &FlowSettings::least_bars, 1, FlowSettings::kLongestBars},
    {"most_bars", &FlowSettings::most_bars, 1, FlowSettings::kLongestBars},
    {"window_minutes", &FlowSettings::window_minutes, 0, FlowSettings::kMostMinutes},
    {"transition_bars", &FlowSettings::transition_bars, FlowSettings::kShortestTransition,
     FlowSettings::kLongestTransition},
}};
inline constexpr std::array<WholeSetting, 3> kWholeSettings{{
    {"steps", &FlowSettings::steps, 1, FlowSettings::kMostSteps},
    {"window_loops", &FlowSettings::window_loops, 0, FlowSettings::kMostWindow},
    {"semitones", &FlowSettings::semitones, 0, FlowSettings::kMostSemitones},
}};

/// The settings with one of them changed: one of the tables above, or tempo. The Error says what may be
/// given.
Result<FlowSettings> with_setting(FlowSettings settings, std::string_view name, const std::string& value);

/// "0:3 5:8": energy 3 at minute 0, 8 at minute 5; "none" or nothing: no arc.
Result<std::vector<ArcPoint>> arc_from(std::string_view text);

}  // namespace entrain
