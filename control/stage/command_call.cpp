#include "control/stage/command_call.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "engine/core/text.h"

namespace entrain {
namespace {

/// Matches "/deck/2/load" with "/deck/#/load": the instance from 0, or nothing.
std::optional<int> match(std::string_view pattern, std::string_view address, int instances) {
  const auto hash = pattern.find('#');
  if (hash == std::string_view::npos) return pattern == address ? std::optional(0) : std::nullopt;
  if (address.substr(0, hash) != pattern.substr(0, hash)) return std::nullopt;
  const auto end = address.find('/', hash);
  if (end == std::string_view::npos || address.substr(end) != pattern.substr(hash + 1)) return std::nullopt;
  int number = 0;
  const auto [last, error] = std::from_chars(address.data() + hash, address.data() + end, number);
  if (error != std::errc() || last != address.data() + end || number < 1 || number > instances) return std::nullopt;
  return number - 1;
}

std::optional<double> to_number(const ArgValue& value) {
  if (const double* number = std::get_if<double>(&value)) return std::isfinite(*number) ? std::optional(*number) : std::nullopt;
  return number_in(std::get<std::string>(value));
}

}  // namespace

CommandCall find_command(std::string_view address) {
  for (const CommandRow& row : kCommands)
    if (const auto instance = match(row.address, address, row.instances)) return {&row, *instance, {}, {}};
  return {};
}

std::string usage(const CommandRow& row) {
  std::string text(row.address);
  for (int i = 0; i < row.arg_count(); ++i) {
    const CommandArg& arg = row.args[static_cast<std::size_t>(i)];
    text += arg.optional ? fmt::format(" [{}]", arg.name) : fmt::format(" {}", arg.name);
  }
  return text;
}

Result<CommandCall> make_call(std::string_view address, std::vector<ArgValue> args) {
  CommandCall call = find_command(address);
  if (call.row == nullptr) return Error{fmt::format("there is no command {}; `entrain controls` lists them", address)};
  const CommandRow& row = *call.row;
  const auto most = static_cast<std::size_t>(row.arg_count());
  if (args.size() > most) args.resize(most);
  for (std::size_t i = 0; i < most; ++i) {
    const CommandArg& arg = row.args[i];
    if (i >= args.size()) {
      if (arg.optional) break;
      return Error{fmt::format("{} needs its {}: {}", address, arg.name, usage(row))};
    }
    if (arg.type == ArgType::number) {
      const auto number = to_number(args[i]);
      if (!number) return Error{fmt::format("{}: {} must be a number: {}", address, arg.name, usage(row))};
      args[i] = *number;
    } else if (const double* number = std::get_if<double>(&args[i])) {
      args[i] = fmt::format("{}", *number);
    }
  }
  call.args = std::move(args);
  return call;
}

std::optional<Grid> grid_named(std::string_view name) {
  for (const Grid grid : {Grid::now, Grid::step, Grid::beat, Grid::bar, Grid::phrase})
    if (name == name_of(grid)) return grid;
  return std::nullopt;
}

}  // namespace entrain
