#include "control/record/journal_documents.h"

#include <utility>

#include "engine/analysis/hit.h"

namespace entrain {
namespace {

template <class T>
using Made = Result<std::shared_ptr<const T>>;

/// The one that is known under a key, or a new one.
template <class T, class Key, class Make>
Made<T> known_or(std::map<Key, std::weak_ptr<const T>>& known, Key key, Make make) {
  if (auto there = known[key].lock()) return there;
  Made<T> made = make();
  if (made) known[key] = *made;
  return made;
}

/// The same for a part; 0 is none.
template <class T, class Make>
Made<T> part_or(std::map<int, std::weak_ptr<const T>>& known, int part, Make make) {
  return part == 0 ? Made<T>(std::shared_ptr<const T>()) : known_or(known, part, make);
}

/// The same for what is a copy of the journal's own part.
template <class T>
std::shared_ptr<const T> known_or_copy(std::map<int, std::weak_ptr<const T>>& known, int part,
                                       const std::map<int, T>& parts) {
  return *part_or(known, part, [&]() -> Made<T> { return std::make_shared<const T>(parts.at(part)); });
}

}  // namespace

Result<std::shared_ptr<const Performance>> JournalDocuments::version(std::uint64_t epoch) {
  return known_or(versions_, epoch, [&]() -> Made<Performance> {
    const VersionLine& line = journal_.versions.at(epoch);
    Performance version;
    version.epoch = epoch;
    version.meter = line.meter;
    for (std::size_t i = 0; i < line.tracks.size(); ++i) {
      auto made = track(line.tracks[i]);
      if (!made) return made.error();
      version.tracks[i] = *std::move(made);
    }
    for (std::size_t i = 0; i < line.decks.size(); ++i) {
      auto made = deck(line.decks[i]);
      if (!made) return made.error();
      version.decks[i] = *std::move(made);
    }
    version.groove = known_or_copy(grooves_, line.groove, journal_.grooves);
    version.transition = transition(line.transition);
    return std::make_shared<const Performance>(std::move(version));
  });
}

Result<std::shared_ptr<const Cluster>> JournalDocuments::cluster(int part) {
  return part_or(clusters_, part, [&]() -> Made<Cluster> {
    const ClusterPart& line = journal_.clusters.at(part);
    std::vector<std::shared_ptr<const Asset>> samples;
    for (const int asset : line.samples) {
      auto sound = known_or(assets_, asset, [&] { return asset_(asset); });
      if (!sound) return sound.error();
      samples.push_back(*std::move(sound));
    }
    return std::make_shared<const Cluster>(make_cluster(line.name, std::move(samples), rate_));
  });
}

Result<std::shared_ptr<const Track>> JournalDocuments::track(int part) {
  return part_or(tracks_, part, [&]() -> Made<Track> {
    const TrackPart& line = journal_.tracks.at(part);
    auto samples = cluster(line.cluster);
    if (!samples) return samples.error();
    Track track;
    track.cluster = *std::move(samples);
    for (std::size_t slot = 0; slot < line.patterns.size(); ++slot)
      track.patterns[slot] = known_or_copy(patterns_, line.patterns[slot], journal_.patterns);
    return std::make_shared<const Track>(std::move(track));
  });
}

Result<std::shared_ptr<const Loop>> JournalDocuments::loop(int part) {
  return part_or(loops_, part, [&]() -> Made<Loop> {
    const LoopPart& line = journal_.loops.at(part);
    auto sound = known_or(assets_, line.asset, [&] { return asset_(line.asset); });
    if (!sound) return sound.error();
    Loop loop = line.loop;
    loop.asset = *std::move(sound);
    return std::make_shared<const Loop>(std::move(loop));
  });
}

Result<std::shared_ptr<const DeckDocument>> JournalDocuments::deck(int part) {
  return part_or(decks_, part, [&]() -> Made<DeckDocument> {
    auto on_it = loop(journal_.decks.at(part).loop);
    if (!on_it) return on_it.error();
    return std::make_shared<const DeckDocument>(DeckDocument{*std::move(on_it)});
  });
}

std::shared_ptr<const Transition> JournalDocuments::transition(int part) {
  return *part_or(transitions_, part, [&]() -> Made<Transition> {
    const TransitionPart& line = journal_.transitions.at(part);
    Transition made = line.transition;
    made.shape = known_or_copy(shapes_, line.shape, journal_.shapes);
    return std::make_shared<const Transition>(std::move(made));
  });
}

}  // namespace entrain
