// Libraries of loops that were never played, for the laws of the flow.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/library/flow/planner.h"
#include "tests/support/cards.h"

namespace entrain::test {

/// A loop that may be relied on; `key` as on the Camelot wheel, or nullptr.
inline Card loop_card(std::int64_t id, double bpm, const char* key = "8A", float energy = 5, int bars = 4) {
  Card card = some_card(id, "/l/" + std::to_string(id) + ".wav", static_cast<std::uint64_t>(id % 3));
  card.bpm = bpm;
  card.bpm_confidence = card.beats_confidence = card.downbeat_confidence = 1;
  card.beats = bars * 4;
  card.seconds = card.beats * 60 / bpm;
  card.span = {0, card.seconds, card.beats};
  if (key) card.key = key_from(key);
  card.key_confidence = key ? 1 : 0;
  card.energy = energy;
  card.onsets_per_second = 4;
  // All of its energy from 500 Hz: no lows.
  for (std::size_t k = 0; k < 4; ++k)
    card.descriptors[descriptor::kShape.first + 2 + k] = 9 + 0.5f * static_cast<float>(k);
  card.descriptors[descriptor::kBrightness.first] = 50;
  return card;
}

/// Cards, their likeness and the shelf, in one place that does not move.
class FlowLibrary {
 public:
  explicit FlowLibrary(std::vector<Card> cards)
      : cards_(std::make_unique<std::vector<Card>>(std::move(cards))),
        likeness_(std::make_unique<LikenessIndex>(*cards_)),
        shelf_(std::make_unique<FlowShelf>(*cards_, *likeness_)) {}

  const Card& operator[](std::int64_t id) const { return *shelf_->card(id); }
  const FlowShelf& shelf() const { return *shelf_; }
  FlowPlan plan(const FlowRequest& request, const CompatibilityWeights& weights = {}) const {
    return plan_flow(*shelf_, request, weights);
  }
  /// After the loop `id`, at its own tempo.
  FlowRequest after(std::int64_t id) const {
    FlowRequest request;
    request.now.playing = shelf_->card(id);
    return request;
  }

 private:
  std::unique_ptr<std::vector<Card>> cards_;
  std::unique_ptr<LikenessIndex> likeness_;
  std::unique_ptr<FlowShelf> shelf_;
};

inline std::vector<std::int64_t> ids(const FlowPlan& plan) {
  std::vector<std::int64_t> all;
  for (const FlowStep& step : plan.steps) all.push_back(step.id);
  return all;
}

inline bool relaxes(const FlowStep& step, FlowRule rule) {
  for (const Relaxation& r : step.relaxed)
    if (r.rule == rule) return true;
  return false;
}

}  // namespace entrain::test
