#include "control/stage/scene.h"

#include <algorithm>

#include "engine/core/catalogue.h"
#include "engine/core/rack.h"

namespace entrain {
namespace {

template <class Owner>
bool owned_by(const ControlRow& row) {
  return &row >= Owner::rows.data() && &row < Owner::rows.data() + Owner::rows.size();
}

}  // namespace

std::optional<Recall> recall_named(std::string_view name) {
  if (name == "all") return Recall::all;
  if (name == "patterns") return Recall::patterns;
  if (name == "decks") return Recall::decks;
  if (name == "mixer") return Recall::mixer;
  return std::nullopt;
}

bool belongs(ControlId control, Recall what) {
  const ControlRow& row = catalogue().row(control);
  const bool patterns = owned_by<Sequencer>(row), decks = (row.flags & kPrepared) != 0;
  switch (what) {
    case Recall::all:
      return true;
    case Recall::patterns:
      return patterns;
    case Recall::decks:
      return decks;
    case Recall::mixer:
      return !patterns && !decks && !owned_by<Transport>(row);
  }
  return false;
}

bool stored_in_scenes(ControlId control) {
  const ControlRow& row = catalogue().row(control);
  return row.kind != Kind::trigger && (row.flags & (kRecallSafe | kPrepared)) != 0;
}

std::vector<ControlValue> initial_values() {
  std::vector<ControlValue> values;
  for (std::uint16_t i = 0; i < catalogue().size(); ++i)
    if (stored_in_scenes(ControlId{i}))
      values.emplace_back(ControlId{i}, catalogue().row(ControlId{i}).initial);
  return values;
}

void set_value(std::vector<ControlValue>& values, ControlId control, double value) {
  const auto at = std::lower_bound(values.begin(), values.end(), control,
                                   [](const ControlValue& v, ControlId id) { return v.first < id; });
  if (at != values.end() && at->first == control)
    at->second = value;
  else
    values.insert(at, {control, value});
}

Scene capture_scene(std::string name, const Performance& performance, const Snapshot& snapshot) {
  Scene scene{std::move(name), false, initial_values(), {}};
  for (auto& [control, value] : scene.values)
    if (control.index < snapshot.controls) value = snapshot.settled[control.index];
  for (std::size_t i = 0; i < performance.tracks.size(); ++i) scene.parts.tracks[i] = performance.tracks[i];
  for (std::size_t i = 0; i < performance.decks.size(); ++i) scene.parts.decks[i] = performance.decks[i];
  scene.parts.groove = performance.groove;
  return scene;
}

SetParts parts_of(const Scene& scene, Recall what) {
  SetParts parts;
  if (what == Recall::all || what == Recall::patterns) {
    parts.tracks = scene.parts.tracks;
    parts.groove = scene.parts.groove;
  }
  if (what == Recall::all || what == Recall::decks) parts.decks = scene.parts.decks;
  return parts;
}

ControlId deck_play(int deck) {
  static const ControlId first = *catalogue().find("/deck/1/play"),
                         second = *catalogue().find("/deck/2/play");
  return ControlId{static_cast<std::uint16_t>(first.index + deck * (second.index - first.index))};
}

}  // namespace entrain
