// Scenes: recall points of a set. A scene is base values and parts of a performance, ready to play.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/stage/edits.h"
#include "engine/core/controls.h"
#include "engine/core/records.h"

namespace entrain {

using ControlValue = std::pair<ControlId, double>;

struct Scene {
  std::string name;
  bool partial = false;              ///< written by hand: holds only what is named
  std::vector<ControlValue> values;  ///< by control
  SetParts parts;
};

/// What of a scene is recalled. Decks: their loops and launches; patterns: the tracks, their groove and how they walk;
/// mixer: all other controls but the transport's, which only `all` moves.
enum class Recall : std::uint8_t { all, patterns, decks, mixer };
std::optional<Recall> recall_named(std::string_view name);
bool belongs(ControlId control, Recall what);

/// Whether a scene that is stored now holds the control: it is recall-safe, or launches a deck.
bool stored_in_scenes(ControlId control);
/// Every stored control at its initial value, by control.
std::vector<ControlValue> initial_values();
/// Sets one of them, or adds it.
void set_value(std::vector<ControlValue>& values, ControlId control, double value);

/// The present as a scene; what glides counts as arrived.
Scene capture_scene(std::string name, const Performance& performance, const Snapshot& snapshot);
/// The parts of a scene that a recall touches.
SetParts parts_of(const Scene& scene, Recall what);
/// "/deck/2/play" of deck 1 (from 0).
ControlId deck_play(int deck);

}  // namespace entrain
