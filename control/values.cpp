#include "control/values.h"

#include <fmt/format.h>

#include "engine/core/text.h"

namespace entrain {

std::optional<double> value_named(const ControlRow& row, std::string_view text) {
  for (double value = row.min; !choice_name(row, value).empty(); ++value)
    if (choice_name(row, value) == text) return value;
  if (row.kind == Kind::toggle && (text == "on" || text == "true")) return 1;
  if (row.kind == Kind::toggle && (text == "off" || text == "false")) return 0;
  return number_in(text);
}

std::string values_of(const ControlRow& row) {
  if (row.kind == Kind::toggle) return "on or off";
  if (row.choices.empty())
    return fmt::format("{} to {}{}{}", row.min, row.max, row.unit == Unit::none ? "" : " ", name_of(row.unit));
  std::string names;
  for (double value = row.min; value <= row.max; ++value)
    names += fmt::format("{}{}", value == row.min ? "" : value == row.max ? " or " : ", ", choice_name(row, value));
  return names;
}

}  // namespace entrain
