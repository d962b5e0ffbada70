// The loops of a library that a flow may be made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/library/card.h"
#include "engine/library/find/likeness.h"

namespace entrain {

/// What choosing among many looks at first.
struct ShelfLoop {
  std::uint32_t index = 0;  ///< of the card
  double tempo = 0;         ///< of its span, BPM
  float energy = 0;         ///< 0 to 10
  std::int8_t key = -1;     ///< root, + 12 if minor; -1: none
};

/// The tempo that the loop's span has, in BPM; 0 where it is no loop or nonsense.
double loop_tempo(const Card& card);

/// One state of a library, sorted out once; planning then takes milliseconds. Refers to the cards and the
/// index, which were made of one another and outlive it. Any thread.
class FlowShelf {
 public:
  FlowShelf(std::span<const Card> cards, const LikenessIndex& likeness);

  std::span<const Card> cards() const { return cards_; }
  const LikenessIndex& likeness() const { return likeness_; }

  /// Trusted loops (see trust.h) of 20 to 400 BPM that hold whole beats.
  const std::vector<ShelfLoop>& loops() const { return loops_; }
  /// Loops whose tempo or downbeat a person should check first; indices of cards.
  const std::vector<std::uint32_t>& check() const { return check_; }
  /// Sounds without a tempo that are no single hits: layers to lie over a flow; indices of cards.
  const std::vector<std::uint32_t>& beatless() const { return beatless_; }

  /// The card of an id, or nullptr.
  const Card* card(std::int64_t id) const;
  /// What is left out and why, in one sentence; empty where nothing is.
  std::string left_out() const;

 private:
  std::span<const Card> cards_;
  const LikenessIndex& likeness_;
  std::vector<ShelfLoop> loops_;
  std::vector<std::uint32_t> check_, beatless_, by_id_;
  std::size_t hits_ = 0, no_span_ = 0;
};

}  // namespace entrain
