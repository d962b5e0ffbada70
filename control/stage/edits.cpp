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

void put(Performance& performance, int track, Track t) {
  performance.tracks[static_cast<std::size_t>(track)] = std::make_shared<const Track>(std::move(t));
}

}  // namespace

void apply_edit(const Edit& edit, Performance& performance) {
  std::visit(Overloaded{
                 [&](const SetPattern& e) {
                   Track track = copy_of(performance, e.track);
                   track.pattern = e.pattern;
                   put(performance, e.track, std::move(track));
                 },
                 [&](const SetStep& e) {
                   Track track = copy_of(performance, e.track);
                   auto& steps = track.pattern.steps;
                   const auto step = static_cast<std::size_t>(e.step);
                   if (step >= steps.size()) steps.resize(step + 1);
                   steps[step] = e.on;
                   put(performance, e.track, std::move(track));
                 },
                 [&](const SetCluster& e) {
                   Track track = copy_of(performance, e.track);
                   track.cluster = e.cluster;
                   put(performance, e.track, std::move(track));
                 },
                 [&](const SetDeck& e) { performance.decks[static_cast<std::size_t>(e.deck)] = e.document; },
             },
             edit);
}

Edit inverse_of(const Edit& edit, const Performance& before) {
  return std::visit(
      Overloaded{
          [&](const SetPattern& e) -> Edit { return SetPattern{e.track, copy_of(before, e.track).pattern}; },
          [&](const SetStep& e) -> Edit {
            const Track track = copy_of(before, e.track);
            const auto step = static_cast<std::size_t>(e.step);
            if (step >= track.pattern.steps.size()) return SetPattern{e.track, track.pattern};
            return SetStep{e.track, e.step, track.pattern.steps[step]};
          },
          [&](const SetCluster& e) -> Edit { return SetCluster{e.track, copy_of(before, e.track).cluster}; },
          [&](const SetDeck& e) -> Edit {
            return SetDeck{e.deck, before.decks[static_cast<std::size_t>(e.deck)]};
          },
      },
      edit);
}

}  // namespace entrain
