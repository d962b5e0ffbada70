#include "control/stage/set_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/catalogue.h"
#include "engine/core/text.h"

namespace entrain {
namespace {

constexpr double kMostBars = 1024;

}  // namespace

SetDesk::SetDesk(SetFile document, LoadedSet loaded)
    : document_(std::move(document)),
      autosaved_(document_),
      clusters_(std::move(loaded.clusters)),
      scenes_(std::move(loaded.scenes)),
      exempt_(std::move(loaded.exempt)) {}

Result<std::shared_ptr<const Cluster>> SetDesk::cluster(const std::string& name) const {
  if (const auto found = clusters_.find(name); found != clusters_.end()) return found->second;
  std::string names;
  for (const auto& [known, cluster] : clusters_) names += (names.empty() ? "" : ", ") + known;
  return Error{
      fmt::format("there is no cluster \"{}\"; the set has {}", name, names.empty() ? "none" : names)};
}

SetDesk::Before SetDesk::before(bool another_set) const {
  Before before{scenes_, exempt_, {}};
  if (another_set) before.set.emplace(document_, clusters_);
  return before;
}

void SetDesk::restore(Before before) {
  scenes_ = std::move(before.scenes);
  exempt_ = std::move(before.exempt);
  if (!before.set) return;
  document_ = autosaved_ = std::move(before.set->first);
  clusters_ = std::move(before.set->second);
}

std::vector<std::string> SetDesk::scene_names() const {
  std::vector<std::string> names;
  for (const Scene& scene : scenes_) names.push_back(scene.name);
  return names;
}

std::vector<Scene>::iterator SetDesk::find(const std::string& name) {
  return std::find_if(scenes_.begin(), scenes_.end(), [&](const Scene& s) { return s.name == name; });
}

Error SetDesk::no_scene(const std::string& name) const {
  if (scenes_.empty())
    return Error{fmt::format("there is no scene \"{}\"; the set has none, /scene/store makes one", name)};
  const auto nearest = std::min_element(scenes_.begin(), scenes_.end(), [&](const Scene& a, const Scene& b) {
    return edit_distance(a.name, name) < edit_distance(b.name, name);
  });
  return Error{fmt::format("there is no scene \"{}\"; did you mean \"{}\"?", name, nearest->name)};
}

Result<SetDesk::Act> SetDesk::recall(const CommandCall& call, const Meter& meter) const {
  const std::string& name = call.text(0);
  const auto scene =
      std::find_if(scenes_.begin(), scenes_.end(), [&](const Scene& s) { return s.name == name; });
  if (scene == scenes_.end()) return no_scene(name);
  Recall what = Recall::all;
  double bars = call.args.size() > 2 ? call.number(2) : 0;
  if (call.args.size() > 1) {
    const auto named = recall_named(call.text(1));
    const auto number = number_in(call.text(1));  // "/scene/recall Drop 4" means four bars of all
    if (!named && (!number || call.args.size() > 2))
      return Error{
          fmt::format("\"{}\" is nothing to recall; name all, patterns, decks or mixer", call.text(1))};
    if (named)
      what = *named;
    else
      bars = *number;
  }
  if (!(bars >= 0 && bars <= kMostBars))
    return Error{fmt::format("{} bars are out of range: 0 to {}", bars, kMostBars)};
  Act act{
      parts_of(*scene, what), {}, Beat::nearest(bars * meter.beats_per_bar), fmt::format("scene {}", name)};
  for (const ControlValue& value : scene->values)
    if (belongs(value.first, what) && std::find(exempt_.begin(), exempt_.end(), value.first) == exempt_.end())
      act.values.push_back(value);
  return act;
}

Result<std::string> SetDesk::arrange(const CommandCall& call, const Performance& latest,
                                     const Snapshot& snapshot) {
  if (call.row->id == CommandId::scene_exempt) return exempt(call);
  const std::string& name = call.text(0);
  const auto at = find(name);
  if (call.row->id == CommandId::scene_store) {
    if (name.empty()) return Error{"a scene needs a name: /scene/store name"};
    Scene scene = capture_scene(name, latest, snapshot);
    if (at != scenes_.end()) return *at = std::move(scene), fmt::format("scene {} stored anew", name);
    if (scenes_.size() == kMaxScenes)
      return Error{fmt::format("a set holds at most {} scenes; delete one first", kMaxScenes)};
    scenes_.push_back(std::move(scene));
    return fmt::format("scene {} stored", name);
  }
  if (at == scenes_.end()) return no_scene(name);
  if (call.row->id == CommandId::scene_delete)
    return scenes_.erase(at), fmt::format("scene {} deleted", name);
  if (call.row->id == CommandId::scene_move) return move(name, call.number(1));
  const std::string& to = call.text(1);
  if (to.empty()) return Error{"the new name is empty; a scene needs one"};
  if (find(to) != scenes_.end())
    return Error{fmt::format("there is a scene \"{}\" already; choose another name", to)};
  if (call.row->id == CommandId::scene_rename)
    return at->name = to, fmt::format("scene {} is {} now", name, to);
  if (scenes_.size() == kMaxScenes)
    return Error{fmt::format("a set holds at most {} scenes; delete one first", kMaxScenes)};
  Scene copy = *at;
  copy.name = to;
  scenes_.insert(at + 1, std::move(copy));
  return fmt::format("scene {} copied to {}", name, to);
}

Result<std::string> SetDesk::move(const std::string& name, double place) {
  if (!(place >= 1 && place <= static_cast<double>(scenes_.size())))
    return Error{fmt::format("scenes stand in places 1 to {}; {} is none", scenes_.size(), place)};
  const auto from = find(name), to = scenes_.begin() + (static_cast<std::ptrdiff_t>(place) - 1);
  if (from < to)
    std::rotate(from, from + 1, to + 1);
  else
    std::rotate(to, from, from + 1);
  return fmt::format("scene {} is number {} now", name, static_cast<int>(place));
}

Result<std::string> SetDesk::exempt(const CommandCall& call) {
  const std::string& address = call.text(0);
  const auto id = catalogue().find(address);
  if (!id)
    return Error{fmt::format("there is no control {}; did you mean {}?", address,
                             catalogue().nearest_address(address))};
  if (catalogue().row(*id).kind == Kind::trigger)
    return Error{fmt::format("{} is a trigger; no scene moves it", address)};
  const bool on = call.args.size() < 2 || call.number(1) > 0.5;
  std::erase(exempt_, *id);
  if (on) exempt_.push_back(*id);
  return fmt::format("scenes {} {}", on ? "leave alone" : "move", address);
}

SetDesk::Act SetDesk::open(SetFile document, LoadedSet loaded) {
  static const ControlId playing = *catalogue().find("/transport/play");
  Act act{{}, {}, {}, document.name.empty() ? document.path.filename().string() : document.name};
  if (act.said.empty()) act.said = "a new set";
  for (std::size_t i = 0; i < act.parts.tracks.size(); ++i)
    act.parts.tracks[i] = loaded.performance.tracks[i];
  for (std::size_t i = 0; i < act.parts.decks.size(); ++i) act.parts.decks[i] = loaded.performance.decks[i];
  act.parts.groove = loaded.performance.groove;
  act.parts.meter = loaded.performance.meter;
  for (std::uint16_t i = 0; i < catalogue().size(); ++i)
    if (const ControlRow& row = catalogue().row(ControlId{i});
        row.kind != Kind::trigger && ControlId{i} != playing)
      act.values.emplace_back(ControlId{i}, row.initial);
  for (const auto& [address, value] : document.parts.controls)
    set_value(act.values, *catalogue().find(address), value);
  for (std::size_t i = 0; i < document.parts.decks.size(); ++i)
    if (document.parts.decks[i] && document.parts.decks[i]->play)
      set_value(act.values, deck_play(static_cast<int>(i)), 1);
  if (document.autoplay) set_value(act.values, playing, 1);
  clusters_ = std::move(loaded.clusters);
  scenes_ = std::move(loaded.scenes);
  exempt_ = std::move(loaded.exempt);
  document_ = autosaved_ = std::move(document);
  return act;
}

SetClusters SetDesk::regroup(Regrouped groups, const Performance& latest) {
  const auto heir_of = [&](const std::shared_ptr<const Track>& track) -> std::shared_ptr<const Cluster> {
    if (!track || !track->cluster) return nullptr;
    const auto heir = groups.heirs.find(track->cluster->name);
    return heir == groups.heirs.end() ? nullptr : groups.clusters.at(heir->second);
  };
  SetClusters edit;
  for (int i = 0; i < kTracks; ++i)
    if (auto heir = heir_of(latest.tracks[static_cast<std::size_t>(i)])) edit.clusters.push_back({i, std::move(heir)});
  for (Scene& scene : scenes_)
    for (auto& track : scene.parts.tracks)
      if (auto heir = track ? heir_of(*track) : nullptr) {
        Track changed = **track;
        changed.cluster = std::move(heir);
        track = std::make_shared<const Track>(std::move(changed));
      }
  document_.clusters = std::move(groups.texts);
  clusters_ = std::move(groups.clusters);
  return edit;
}

SetFile SetDesk::capture(const Performance& latest, const Snapshot& snapshot, int rate) const {
  return capture_set(document_, latest, snapshot, scenes_, exempt_, rate);
}

bool SetDesk::wants_autosave(const SetFile& now) {
  if (now.path.empty() || now == autosaved_) return false;
  autosaved_ = now;
  return true;
}

}  // namespace entrain
