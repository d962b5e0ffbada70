// A control is one row: everything that any surface needs to know about it. Units declare rows; the rack
// concatenates them into the catalogue (engine/core/catalogue.h).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "engine/core/time.h"

namespace entrain {

/// Index of one control instance in the catalogue. In memory only: on disk and on wires a control is its address.
struct ControlId {
  std::uint16_t index = 0;
  auto operator<=>(const ControlId&) const = default;
};

enum class Kind : std::uint8_t {
  continuous,  ///< any value in the range; smoothed
  toggle,      ///< 0 or 1, takes effect at its exact frame
  choice,      ///< a whole number in the range
  trigger,     ///< an impulse; its value is a strength, it keeps no state
};

enum class Unit : std::uint8_t { none, decibels, bpm, milliseconds, percent, semitones, seconds, hertz };

/// How 0..1 on a surface maps to the range.
enum class Curve : std::uint8_t { linear, exponential };

/// Properties of a control, combined with |.
enum ControlFlags : std::uint8_t {
  kPlain = 0,
  kRecallSafe = 1,   ///< a scene recall may change it
  kModulatable = 2,  ///< units may add modulation to its base value
  kChat = 4,         ///< an audience may be allowed to move it
  kPrepared = 8,     ///< its unit must hear of it `kLaunchLead` before it is due
  kOnBeat = 16,      ///< placed on the beat unless an edge is told otherwise
  kOnBar = 32,       ///< placed on the bar, like a launch, unless an edge is told otherwise
};

struct ControlRow {
  std::uint8_t index;        ///< the unit's own enumerator: equals the row's position (checked when compiling)
  std::string_view address;  ///< "/deck/#/gain"; # stands for the instance, counted from 1
  Kind kind;
  double min, max, initial;
  Unit unit;
  Curve curve;
  double smooth_ms;
  std::uint8_t flags;
  std::string_view help;  ///< one sentence
  std::string_view choices = {};  ///< names of a choice's values from `min` on, with | between; none: numbers
};

/// The name of a choice's value; empty where its values are numbers, or out of range.
constexpr std::string_view choice_name(const ControlRow& row, double value) {
  std::string_view names = row.choices;
  for (double at = row.min; !names.empty(); ++at) {
    const std::string_view name = names.substr(0, names.find('|'));
    if (at == value) return name;
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
  return {};
}

/// Where an edge places a control's events unless asked otherwise: launches on the bar, jumps on the beat, all
/// else at once.
constexpr Grid default_grid(const ControlRow& row) {
  if ((row.flags & kOnBeat) != 0) return Grid::beat;
  return (row.flags & (kPrepared | kOnBar)) != 0 ? Grid::bar : Grid::now;
}

constexpr std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::continuous: return "continuous";
    case Kind::toggle: return "toggle";
    case Kind::choice: return "choice";
    case Kind::trigger: return "trigger";
  }
  return "";
}

constexpr std::string_view name_of(Unit unit) {
  switch (unit) {
    case Unit::none: return "";
    case Unit::decibels: return "dB";
    case Unit::bpm: return "BPM";
    case Unit::milliseconds: return "ms";
    case Unit::percent: return "%";
    case Unit::semitones: return "semitones";
    case Unit::seconds: return "s";
    case Unit::hertz: return "Hz";
  }
  return "";
}

}  // namespace entrain
