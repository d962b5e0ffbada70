// A command as somebody called it: looked up in the table, its arguments checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/commands.h"
#include "engine/core/result.h"

namespace entrain {

using ArgValue = std::variant<double, std::string>;

struct CommandCall {
  const CommandRow* row = nullptr;
  int instance = 0;            ///< from 0
  std::vector<ArgValue> args;  ///< as many as given, of the table's types
  std::optional<Grid> at;      ///< where to take effect; the row's default when empty

  Grid grid() const { return at.value_or(row->at); }
  double number(std::size_t i) const { return std::get<double>(args[i]); }
  const std::string& text(std::size_t i) const { return std::get<std::string>(args[i]); }
};

/// The row and instance of an address such as "/deck/2/load"; row is null when there is none.
CommandCall find_command(std::string_view address);
/// find_command with its arguments coerced to the table's types (numbers from numeric text, text from numbers).
/// The Error says what is wrong and how to call it right. Any thread; not realtime-safe.
Result<CommandCall> make_call(std::string_view address, std::vector<ArgValue> args);
/// "/deck/#/load file [beats]"
std::string usage(const CommandRow& row);

std::optional<Grid> grid_named(std::string_view name);

}  // namespace entrain
