#include "control/stage/set_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "control/flow/library_loop.h"
#include "engine/analysis/hit.h"
#include "engine/core/catalogue.h"
#include "engine/core/rack.h"

namespace entrain {
namespace {

/// Decibels at which a fade-in begins: soft, yet to be heard at once.
constexpr double kFadeFrom = -36;

/// All sounds of the set in one list, so that the workers can share the work.
std::vector<std::string> names_of(const SetFile& set) {
  std::vector<std::string> names;
  for (const auto& cluster : set.clusters) names.insert(names.end(), cluster.samples.begin(), cluster.samples.end());
  const auto add_loops = [&](const SetFile::Parts& parts) {
    for (const auto& deck : parts.decks)
      if (deck) names.push_back(deck->loop);
  };
  add_loops(set.parts);
  for (const auto& scene : set.scenes) add_loops(scene.parts);
  return names;
}

class Loader {
 public:
  Loader(SetFile& set, Sounds& sounds, const Sounds::Progress& progress)
      : set_(set), rate_(sounds.rate()), sounds_(sounds.load_all(names_of(set), progress)) {
    loaded_.performance.meter = set.meter;
    for (const auto& cluster : set.clusters) add_cluster(cluster);
    for (std::size_t i = 0; i < set.parts.tracks.size(); ++i)
      if (set.parts.tracks[i]) loaded_.performance.tracks[i] = track(*set.parts.tracks[i]);
    for (std::size_t i = 0; i < set.parts.decks.size(); ++i)
      if (set.parts.decks[i]) loaded_.performance.decks[i] = deck(*set.parts.decks[i]);
    if (set.parts.groove) loaded_.performance.groove = std::make_shared<const Groove>(*set.parts.groove);
    for (auto& text : set.scenes) loaded_.scenes.push_back(scene(text));
    for (const auto& address : set.exempt) loaded_.exempt.push_back(*catalogue().find(address));
    add_events();
  }
  LoadedSet take() { return std::move(loaded_); }

 private:
  /// The next sound of names_of(), or null with a remark.
  std::shared_ptr<const Asset> next(const SetFile::Place& place) {
    const Result<Sounds::Loaded>& answer = sounds_[at_++];
    if (!answer) {
      loaded_.remarks.push_back(fmt::format("{}: {}", place.where, answer.error().sentence));
      return nullptr;
    }
    if (!answer->remark.empty()) loaded_.remarks.push_back(fmt::format("{}: {}", place.where, answer->remark));
    return answer->asset;
  }

  void add_cluster(const SetFile::ClusterText& text) {
    std::vector<std::shared_ptr<const Asset>> samples;
    for (std::size_t i = 0; i < text.samples.size(); ++i)
      if (auto asset = next(text.place)) samples.push_back(std::move(asset));
    if (samples.empty())
      loaded_.remarks.push_back(fmt::format("{}: none of cluster \"{}\" could be loaded; its tracks are silent", text.place.where, text.name));
    else
      loaded_.clusters.emplace(text.name, std::make_shared<const Cluster>(make_cluster(text.name, std::move(samples), rate_)));
  }

  std::shared_ptr<const Track> track(const SetFile::TrackText& text) const {
    Track track;
    for (std::size_t slot = 0; slot < text.patterns.size(); ++slot)
      if (text.patterns[slot]) track.patterns[slot] = std::make_shared<const Pattern>(*text.patterns[slot]);
    if (const auto found = loaded_.clusters.find(text.cluster); found != loaded_.clusters.end()) track.cluster = found->second;
    return std::make_shared<const Track>(std::move(track));
  }

  Result<std::shared_ptr<const Loop>> loop_on_grid(std::shared_ptr<const Asset> asset, const SetFile::DeckText& text) const {
    Loop loop;
    const auto frames = static_cast<double>(asset->frames());
    for (const auto& [beat, seconds] : text.grid)
      loop.warp.push_back({Beat::nearest(beat), std::min(seconds * rate_, frames)});
    loop.one = Beat::nearest(text.one);
    if (text.gain != 0) loop.gain = static_cast<float>(std::pow(10, text.gain / 20));
    for (const auto& [marker, beat] : text.markers) loop.markers[static_cast<std::size_t>(marker - 1)] = Beat::nearest(beat);
    for (const double beat : text.onsets) loop.onsets.push_back(Beat::nearest(beat));
    for (const double beat : text.kicks) loop.kicks.push_back(Beat::nearest(beat));
    if (!lawful(loop, asset->frames()))
      return Error{fmt::format("the grid, \"one\", markers, onsets or kicks of {} lie outside the {:.2f} s that it lasts, or too close together", asset->path, frames / rate_)};
    loop.seam = seam_of(*asset, loop.warp, rate_);
    loop.asset = std::move(asset);
    return std::make_shared<const Loop>(std::move(loop));
  }

  /// Null, with a remark, when its loop cannot be had.
  std::shared_ptr<const DeckDocument> deck(SetFile::DeckText& text) {
    text.place.missing = true;
    auto asset = next(text.place);
    if (!asset) return nullptr;
    auto loop = text.grid.empty() ? make_loop(std::move(asset), rate_, text.beats) : loop_on_grid(std::move(asset), text);
    text.place.missing = !loop;
    if (loop) return std::make_shared<const DeckDocument>(DeckDocument{*std::move(loop)});
    loaded_.remarks.push_back(fmt::format("{}: {}", text.place.where, loop.error().sentence));
    return nullptr;
  }

  Scene scene(SetFile::SceneText& text) {
    Scene scene{text.name, text.partial, {}, {}};
    if (!text.partial) scene.values = initial_values();
    for (const auto& [address, value] : text.parts.controls) set_value(scene.values, *catalogue().find(address), value);
    for (std::size_t i = 0; i < text.parts.tracks.size(); ++i) {
      if (!text.partial) scene.parts.tracks[i] = nullptr;
      if (text.parts.tracks[i]) scene.parts.tracks[i] = track(*text.parts.tracks[i]);
    }
    for (std::size_t i = 0; i < text.parts.decks.size(); ++i) {
      if (!text.partial) scene.parts.decks[i] = nullptr;
      if (!text.parts.decks[i]) continue;
      scene.parts.decks[i] = deck(*text.parts.decks[i]);
      set_value(scene.values, deck_play(static_cast<int>(i)), text.parts.decks[i]->play ? 1 : 0);
    }
    if (!text.partial) scene.parts.groove = nullptr;
    if (text.parts.groove) scene.parts.groove = std::make_shared<const Groove>(*text.parts.groove);
    return scene;
  }

  void add(ControlId control, double value, Beat glide = {}) {
    loaded_.events.push_back({control, Grid::now, Source::set, Frame(0), value, glide});
  }

  void add_events() {
    double tempo = Transport::rows[Transport::tempo].initial;
    double level = 0;
    const ControlId master = *catalogue().find("/master/gain");
    for (const auto& [address, value] : set_.parts.controls) {
      const ControlId control = *catalogue().find(address);
      if (control == Rack::transport().id(Transport::tempo)) tempo = value;
      if (control == master) level = value;
      add(control, value);
    }
    for (std::size_t i = 0; i < set_.parts.decks.size(); ++i)
      if (set_.parts.decks[i] && set_.parts.decks[i]->play) add(*catalogue().find(fmt::format("/deck/{}/play", i + 1)), 1);
    if (!set_.autoplay) return;
    if (set_.fade_in > 0) {
      add(master, std::min(level, kFadeFrom));
      add(master, level, Beat::nearest(set_.fade_in * tempo / 60));
    }
    add(Rack::transport().id(Transport::play), 1);
  }

  const SetFile& set_;
  const int rate_;
  std::vector<Result<Sounds::Loaded>> sounds_;
  std::size_t at_ = 0;
  LoadedSet loaded_;
};

}  // namespace

LoadedSet load_set(SetFile& set, Sounds& sounds, const Sounds::Progress& progress) {
  return Loader(set, sounds, progress).take();
}

}  // namespace entrain
