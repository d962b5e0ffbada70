// Edits: the smallest changes to a performance. Each touches one thing, so that edits by different hands, at
// different boundaries, can be put in order and undone without disturbing each other.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "engine/core/performance.h"

namespace entrain {

struct SetPattern {
  int track = 0, slot = 0;
  std::shared_ptr<const Pattern> pattern;  ///< null: the slot is empty
};
struct SetStep {
  int track = 0, slot = 0, step = 0;  ///< from 0; patterns grow to reach it
  Step to;
};
struct SetCluster {
  int track = 0;
  std::shared_ptr<const Cluster> cluster;
};
/// Several tracks' at once.
struct SetClusters {
  std::vector<SetCluster> clusters;
};
struct SetDeck {
  int deck = 0;
  std::shared_ptr<const DeckDocument> document;  ///< null: empty
};
/// One slot each of several tracks.
struct SetPatterns {
  std::vector<SetPattern> patterns;
};
struct SetGroove {
  std::shared_ptr<const Groove> groove;  ///< null: straight
};
/// Many parts at once: a scene, or another set. What holds nothing stays; a null empties.
struct SetParts {
  std::array<std::optional<std::shared_ptr<const Track>>, kTracks> tracks;
  std::array<std::optional<std::shared_ptr<const DeckDocument>>, kDecks> decks;
  std::optional<std::shared_ptr<const Groove>> groove;
  std::optional<Meter> meter;
  std::optional<std::shared_ptr<const Transition>> transition;
};
using Edit = std::variant<SetPattern, SetPatterns, SetStep, SetCluster, SetClusters, SetDeck, SetGroove, SetParts>;

/// What a slot holds; where it is empty, a bar of rests to write into.
Pattern pattern_to_write(const Performance& performance, int track, int slot);
/// Changes `performance`, replacing only the part that is touched.
void apply_edit(const Edit& edit, Performance& performance);
/// What takes `edit` back, given what it is applied to.
Edit inverse_of(const Edit& edit, const Performance& before);

}  // namespace entrain
