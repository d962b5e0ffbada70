// "Darker", "faster", "more like this": how well a loop goes where the performer leans to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "engine/library/card.h"
#include "engine/library/flow/wishes.h"

namespace entrain {

class Leans {
 public:
  /// What counts how much beside CompatibilityWeights, whose shares sum up to 1.
  static constexpr double kWeight = 1;

  explicit Leans(std::span<const FlowLean> leans) : leans_(leans) {}

  /// The strongest of one kind at a place of the queue, 0 to 1.
  double strength(Lean lean, std::size_t place) const;
  /// Of all: what fit() counts, in shares of the score.
  double whole(std::size_t place) const;
  /// What the likest loop should be like.
  std::optional<std::int64_t> like() const;

  /// The mean of the leans, each times its strength, 0 to 1 times whole(); half of it says nothing:
  ///   darker, brighter   20 steps of AudioCommons' brightness are all
  ///   faster, slower     the mean of: 3 % of the loop's own tempo against the master's, in half and double
  ///   time;
  ///                      an octave of onsets a second
  ///   calmer, harder     3 steps of energy
  ///   alike              `alike`, likeness to like(), -1 to 1
  double fit(const Card& before, const Card& card, double master, double alike, std::size_t place) const;

  /// "darker, as wished"; empty where none holds.
  std::string text(const Card& before, const Card& card, double master, double alike,
                   std::size_t place) const;

 private:
  std::span<const FlowLean> leans_;
};

}  // namespace entrain
