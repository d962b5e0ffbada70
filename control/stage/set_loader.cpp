#include "control/stage/set_loader.h"

#include <fmt/format.h>

#include <algorithm>

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
  for (const auto& deck : set.decks)
    if (deck) names.push_back(deck->loop);
  return names;
}

class Loader {
 public:
  Loader(const SetFile& set, Sounds& sounds, const Sounds::Progress& progress)
      : set_(set), rate_(sounds.rate()), sounds_(sounds.load_all(names_of(set), progress)) {
    loaded_.performance.meter = set.meter;
    for (const auto& cluster : set.clusters) add_cluster(cluster);
    for (std::size_t i = 0; i < set.tracks.size(); ++i)
      if (set.tracks[i]) add_track(i, *set.tracks[i]);
    for (std::size_t i = 0; i < set.decks.size(); ++i)
      if (set.decks[i]) add_deck(i, *set.decks[i]);
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

  void add_track(std::size_t index, const SetFile::TrackText& text) {
    Track track;
    for (std::size_t slot = 0; slot < text.patterns.size(); ++slot)
      if (text.patterns[slot]) track.patterns[slot] = std::make_shared<const Pattern>(*text.patterns[slot]);
    if (const auto found = loaded_.clusters.find(text.cluster); found != loaded_.clusters.end()) track.cluster = found->second;
    loaded_.performance.tracks[index] = std::make_shared<const Track>(std::move(track));
  }

  void add_deck(std::size_t index, const SetFile::DeckText& text) {
    auto asset = next(text.place);
    if (!asset) return;
    auto loop = make_loop(std::move(asset), rate_, text.beats);
    if (!loop) {
      loaded_.remarks.push_back(fmt::format("{}: {}", text.place.where, loop.error().sentence));
      return;
    }
    loaded_.performance.decks[index] = std::make_shared<const DeckDocument>(DeckDocument{*std::move(loop)});
  }

  void add(ControlId control, double value, Beat glide = {}) {
    loaded_.events.push_back({control, Grid::now, Source::set, Frame(0), value, glide});
  }

  void add_events() {
    double tempo = Transport::rows[Transport::tempo].initial;
    double level = 0;
    const ControlId master = *catalogue().find("/master/gain");
    for (const auto& [address, value] : set_.controls) {
      const ControlId control = *catalogue().find(address);
      if (control == Rack::transport().id(Transport::tempo)) tempo = value;
      if (control == master) level = value;
      add(control, value);
    }
    for (std::size_t i = 0; i < set_.decks.size(); ++i)
      if (set_.decks[i] && set_.decks[i]->play) add(*catalogue().find(fmt::format("/deck/{}/play", i + 1)), 1);
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

LoadedSet load_set(const SetFile& set, Sounds& sounds, const Sounds::Progress& progress) {
  return Loader(set, sounds, progress).take();
}

}  // namespace entrain
