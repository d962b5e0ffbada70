#include "control/stage/edits.h"

namespace entrain {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

Track copy_of(const Performance& performance, int track) {
  const auto& t = performance.tracks[static_cast<std::size_t>(track)];
  return t ? *t : Track{};
}

std::shared_ptr<const Pattern> pattern_of(const Performance& performance, int track, int slot) {
  const auto& t = performance.tracks[static_cast<std::size_t>(track)];
  return t ? t->patterns[static_cast<std::size_t>(slot)] : nullptr;
}

void put(Performance& performance, int track, Track t) {
  performance.tracks[static_cast<std::size_t>(track)] = std::make_shared<const Track>(std::move(t));
}

}  // namespace

Pattern pattern_to_write(const Performance& performance, int track, int slot) {
  constexpr std::size_t kBar = 16;
  const auto there = pattern_of(performance, track, slot);
  Pattern pattern = there ? *there : Pattern{};
  if (pattern.steps.empty()) pattern.steps.resize(kBar);
  return pattern;
}

void apply_edit(const Edit& edit, Performance& performance) {
  const auto put_pattern = [&](int track, int slot, std::shared_ptr<const Pattern> pattern) {
    Track changed = copy_of(performance, track);
    changed.patterns[static_cast<std::size_t>(slot)] = std::move(pattern);
    put(performance, track, std::move(changed));
  };
  const auto put_cluster = [&](const SetCluster& e) {
    Track track = copy_of(performance, e.track);
    track.cluster = e.cluster;
    put(performance, e.track, std::move(track));
  };
  std::visit(Overloaded{
                 [&](const SetPattern& e) { put_pattern(e.track, e.slot, e.pattern); },
                 [&](const SetPatterns& e) {
                   for (const SetPattern& one : e.patterns) put_pattern(one.track, one.slot, one.pattern);
                 },
                 [&](const SetStep& e) {
                   Pattern pattern = pattern_to_write(performance, e.track, e.slot);
                   const auto step = static_cast<std::size_t>(e.step);
                   if (step >= pattern.steps.size()) pattern.steps.resize(step + 1);
                   pattern.steps[step] = e.to;
                   put_pattern(e.track, e.slot, std::make_shared<const Pattern>(std::move(pattern)));
                 },
                 put_cluster,
                 [&](const SetClusters& e) {
                   for (const SetCluster& one : e.clusters) put_cluster(one);
                 },
                 [&](const SetDeck& e) { performance.decks[static_cast<std::size_t>(e.deck)] = e.document; },
                 [&](const SetGroove& e) { performance.groove = e.groove; },
                 [&](const SetParts& e) {
                   for (std::size_t i = 0; i < e.tracks.size(); ++i)
                     if (e.tracks[i]) performance.tracks[i] = *e.tracks[i];
                   for (std::size_t i = 0; i < e.decks.size(); ++i)
                     if (e.decks[i]) performance.decks[i] = *e.decks[i];
                   if (e.groove) performance.groove = *e.groove;
                   if (e.meter) performance.meter = *e.meter;
                   if (e.transition) performance.transition = *e.transition;
                 },
             },
             edit);
}

Edit inverse_of(const Edit& edit, const Performance& before) {
  return std::visit(Overloaded{
                        [&](const SetPattern& e) -> Edit {
                          return SetPattern{e.track, e.slot, pattern_of(before, e.track, e.slot)};
                        },
                        [&](const SetPatterns& e) -> Edit {
                          SetPatterns back;
                          for (const SetPattern& one : e.patterns)
                            back.patterns.push_back({one.track, one.slot, pattern_of(before, one.track, one.slot)});
                          return back;
                        },
                        [&](const SetStep& e) -> Edit {
                          const auto pattern = pattern_of(before, e.track, e.slot);
                          const auto step = static_cast<std::size_t>(e.step);
                          if (!pattern || step >= pattern->steps.size()) return SetPattern{e.track, e.slot, pattern};
                          return SetStep{e.track, e.slot, e.step, pattern->steps[step]};
                        },
                        [&](const SetCluster& e) -> Edit {
                          return SetCluster{e.track, copy_of(before, e.track).cluster};
                        },
                        [&](const SetClusters& e) -> Edit {
                          SetClusters back;
                          for (const SetCluster& one : e.clusters)
                            back.clusters.push_back({one.track, copy_of(before, one.track).cluster});
                          return back;
                        },
                        [&](const SetDeck& e) -> Edit {
                          return SetDeck{e.deck, before.decks[static_cast<std::size_t>(e.deck)]};
                        },
                        [&](const SetGroove&) -> Edit { return SetGroove{before.groove}; },
                        [&](const SetParts& e) -> Edit {
                          SetParts back;
                          for (std::size_t i = 0; i < e.tracks.size(); ++i)
                            if (e.tracks[i]) back.tracks[i] = before.tracks[i];
                          for (std::size_t i = 0; i < e.decks.size(); ++i)
                            if (e.decks[i]) back.decks[i] = before.decks[i];
                          if (e.groove) back.groove = before.groove;
                          if (e.meter) back.meter = before.meter;
                          if (e.transition) back.transition = before.transition;
                          return back;
                        },
                    },
                    edit);
}

}  // namespace entrain
