#include "control/osc/osc_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "control/osc/osc_pattern.h"
#include "control/values.h"
#include "engine/core/catalogue.h"
#include "engine/core/text.h"

namespace entrain {
namespace {

using Fault = OscFault::Kind;

std::optional<double> to_number(const OscArg& arg) {
  if (const bool* on = std::get_if<bool>(&arg)) return *on ? 1 : 0;
  if (const double* number = std::get_if<double>(&arg)) return *number;
  const std::string* text = std::get_if<std::string>(&arg);
  return text != nullptr ? number_in(*text) : std::nullopt;
}

bool is_impulse(std::span<const OscArg> args) {
  return args.empty() || std::holds_alternative<OscImpulse>(args[0]);
}

/// "/deck/1/play/bar" to "/deck/1/play" and the bar.
std::optional<Grid> split_grid(std::string& address) {
  const auto slash = address.rfind('/');
  const auto grid = grid_named(std::string_view(address).substr(slash + 1));
  if (!grid || slash == 0) return {};
  address.resize(slash);
  return grid;
}

/// A button on a tablet sends 1, then 0 when it is let go; a command that takes no arguments is a button.
bool is_release(const CommandRow& row, std::span<const OscArg> args) {
  if (row.arg_count() > 0 || is_impulse(args)) return false;
  const auto number = to_number(args[0]);
  return number && !(*number > 0.5);
}

Result<CommandCall> call_of(const OscMap::Target& target, std::span<const OscArg> args) {
  std::vector<ArgValue> values;
  for (const OscArg& arg : args) {
    if (const auto* text = std::get_if<std::string>(&arg))
      values.emplace_back(*text);
    else if (const auto number = to_number(arg))
      values.emplace_back(*number);
    else
      break;  // an impulse or a blob stands for nothing, so the table says what is missing
  }
  return make_call(target.address, std::move(values));
}

OscFault too_many() {
  return {Fault::crowd, "an OSC packet names more controls than are taken at once; send several"};
}

}  // namespace

Result<std::optional<double>> osc_value(const ControlRow& row, std::string_view address,
                                        std::span<const OscArg> args) {
  if (is_impulse(args)) {
    if (row.kind == Kind::trigger) return std::optional(row.initial);
    if (row.kind == Kind::toggle) return std::optional(row.max);
    return Error{fmt::format("{} needs a value: {}", address, values_of(row))};
  }
  const auto* text = std::get_if<std::string>(&args[0]);
  const auto number = text != nullptr ? value_named(row, *text) : to_number(args[0]);
  if (!number || !std::isfinite(*number))
    return Error{fmt::format("{} takes {}, and that was none", address, values_of(row))};
  if (row.kind == Kind::trigger && !(*number > 0.5)) return std::optional<double>();
  return number;
}

OscMap::OscMap() {
  for (std::size_t i = 0; i < catalogue().size(); ++i) {
    const ControlId id{static_cast<std::uint16_t>(i)};
    targets_.push_back({catalogue().address(id), id});
  }
  for (const CommandRow& row : kCommands) {
    for (int i = 1; i <= row.instances; ++i) {
      std::string address(row.address);
      if (const auto hash = address.find('#'); hash != std::string::npos)
        address.replace(hash, 1, std::to_string(i));
      targets_.push_back({std::move(address), {}});
    }
  }
  std::sort(targets_.begin(), targets_.end(), [](auto& a, auto& b) { return a.address < b.address; });
}

void OscMap::collect(const std::string& address, int& room, Found& found) const {
  const auto add = [&](const Target& target) {
    if (--room >= 0) return found.targets.push_back(&target);
    room = 0;
    found.fault = too_many();
  };
  if (!is_osc_pattern(address)) {
    const auto at =
        std::lower_bound(targets_.begin(), targets_.end(), address,
                         [](const Target& target, const std::string& a) { return target.address < a; });
    if (at != targets_.end() && at->address == address) add(*at);
    return;
  }
  const auto pattern = OscPattern::parse(address);
  if (!pattern) {
    found.fault = {Fault::packet, pattern.error().sentence};
    return;
  }
  for (const Target& target : targets_) {
    if (found.fault) return;
    if (pattern->matches(target.address)) add(target);
  }
}

OscMap::Found OscMap::find(const std::string& address, int& room) const {
  Found found;
  if (room <= 0) {
    found.fault = too_many();
    return found;
  }
  collect(address, room, found);
  if (!found.targets.empty() || found.fault) return found;
  std::string before = address;
  if ((found.grid = split_grid(before))) collect(before, room, found);
  if (found.targets.empty() && !found.fault) found.fault = {Fault::address, address};
  return found;
}

OscMap::Meaning OscMap::map(const OscMessage& message, int& room) const {
  Found found = find(message.address, room);
  Meaning meaning{{}, std::move(found.fault)};
  const auto blame = [&](const Error& error) {
    if (!meaning.fault) meaning.fault = {Fault::value, error.sentence};
  };
  for (const Target* target : found.targets) {
    if (target->control) {
      const ControlRow& row = catalogue().row(*target->control);
      const auto value = osc_value(row, target->address, message.args);
      if (!value)
        blame(value.error());
      else if (*value)
        meaning.acts.emplace_back(
            Event{*target->control, found.grid.value_or(default_grid(row)), Source::osc, {}, **value, {}});
    } else {
      if (is_release(*find_command(target->address).row, message.args)) continue;
      auto call = call_of(*target, message.args);
      if (!call) {
        blame(call.error());
        continue;
      }
      call->at = found.grid;
      meaning.acts.emplace_back(*std::move(call));
    }
  }
  return meaning;
}

std::string OscMap::sentence(const OscFault& fault) const {
  if (fault.kind != Fault::address) return fault.subject;
  std::string before = fault.subject;
  const auto grid = split_grid(before);
  std::string meant = nearest(before);
  if (grid) meant += fmt::format("/{}", name_of(*grid));
  return fmt::format("no control or command has the address {}; did you mean {}?", fault.subject, meant);
}

std::string OscMap::nearest(std::string_view mistyped) const {
  std::string best = catalogue().nearest_address(mistyped);
  std::size_t least = edit_distance(best, mistyped);
  for (const Target& target : targets_) {
    if (target.control) continue;
    if (const auto distance = edit_distance(target.address, mistyped); distance < least) {
      least = distance;
      best = target.address;
    }
  }
  return best;
}

}  // namespace entrain
