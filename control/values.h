// Values of controls as people write and read them, on every surface.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/controls.h"

namespace entrain {

/// The value that a text means: a number, a choice's name ("nearest"), or "on" and "off" of a toggle. It may
/// lie outside the control's range.
std::optional<double> value_named(const ControlRow& row, std::string_view text);
/// What the control takes: "-60 to 12 dB", "on or off", "random, no-repeat, round-robin, nearest or farthest".
std::string values_of(const ControlRow& row);

}  // namespace entrain
