#include "control/flow/flow_settings.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/core/text.h"

namespace entrain {

Result<FlowSettings> with_setting(FlowSettings settings, std::string_view name, const std::string& value) {
  const auto number = number_in(value);
  std::string names = "tempo";
  const auto refused = [&](double least, double most) {
    return Error{fmt::format("{} cannot be \"{}\"; give {:g} to {:g}", name, value, least, most)};
  };
  for (const NumberSetting& s : kNumberSettings) {
    names += fmt::format(", {}", s.name);
    if (s.name != name) continue;
    if (!number || !(*number >= s.least && *number <= s.most)) return refused(s.least, s.most);
    settings.*s.value = *number;
    if (settings.most_bars < settings.least_bars)
      return Error{
          fmt::format("most_bars ({:g}) would be less than least_bars ({:g}); change the other first",
                      settings.most_bars, settings.least_bars)};
    return settings;
  }
  for (const WholeSetting& s : kWholeSettings) {
    names += fmt::format(", {}", s.name);
    if (s.name != name) continue;
    if (!number || !(*number >= s.least && *number <= s.most) || *number != std::floor(*number))
      return refused(s.least, s.most);
    settings.*s.value = static_cast<int>(*number);
    return settings;
  }
  if (name != "tempo") return Error{fmt::format("there is no setting \"{}\"; there are: {}", name, names)};
  const auto policy = choice_from<TempoPolicy>(value);
  if (!policy)
    return Error{fmt::format("tempo cannot be \"{}\"; give one of: {}", value, choices<TempoPolicy>())};
  settings.tempo = *policy;
  return settings;
}

Result<std::vector<ArcPoint>> arc_from(std::string_view text) {
  std::vector<ArcPoint> arc;
  if (text == "none") return arc;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == text.npos ? text.size() : space + 1);
    if (word.empty()) continue;
    const auto colon = word.find(':');
    const auto minute = number_in(word.substr(0, colon));
    const auto energy = colon == word.npos ? std::nullopt : number_in(word.substr(colon + 1));
    if (!minute || !energy || !(*minute >= 0 && *minute <= FlowSettings::kMostMinutes) ||
        !(*energy >= 0 && *energy <= 10))
      return Error{fmt::format(
          "\"{}\" is no point of an arc; write MINUTE:ENERGY, such as 12:6.5, energy from 0 to 10", word)};
    arc.push_back({*minute, *energy});
  }
  return arc;
}

}  // namespace entrain
