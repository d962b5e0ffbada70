// How well one sound follows, or lies over, another: a score with its reasons.
#pragma once

#include <string>
#include <vector>

#include "engine/library/card.h"

namespace entrain {

/// What counts how much. The defaults; control/library/compatibility_config.h reads a person's.
struct CompatibilityWeights {
  // Shares of the score; any sizes from 0, as only their proportions count.
  double tempo = 0.3, key = 0.3, likeness = 0.2, energy = 0.1, density = 0.1;
  double tempo_limit = 5;  ///< percent, after half and double time; beyond it a pair is refused
  double half_time = 0.9;  ///< 0 to 1: what a tempo counted in half or double time is worth
  // 0 to 1: what a step on the wheel is worth; the same key is worth 1.
  double neighbour = 0.9, relative = 0.9, diagonal = 0.6, energy_boost = 0.4;
  bool diagonals = true;  ///< false: a diagonal is worth nothing, and filters by key leave it out

  bool operator==(const CompatibilityWeights&) const = default;
};

enum class Criterion { tempo, key, likeness, energy, density };

struct Reason {
  Criterion of = Criterion::tempo;
  double value = 0;   ///< 0 (clashes) to 1 (fits); 0.5 says nothing
  double weight = 0;  ///< its share of the score, 0 to 1
  std::string text;   ///< "120 and 122 BPM: 1.6 % apart"
};

struct Compatibility {
  double score = 0;             ///< 0 to 1; 0 where refused
  bool refused = false;         ///< the tempi are too far apart; its reason says so
  std::vector<Reason> reasons;  ///< of each criterion whose weight is not 0; of a refusal always
};

/// The score alone, for choosing among many; the same numbers as compatibility().
double compatibility_score(const Card& first, const Card& second, double likeness,
                           const CompatibilityWeights& weights = {});

/// `likeness` of the two, -1 to 1. The mean of five values, weighted:
///   tempo     1 for the same, falling evenly to 0 at the limit, counted in half or double time if nearer
///   key       the step on the Camelot wheel, drawn towards 0.5 as far as either key is unsure
///   likeness  (1 + likeness) / 2
///   energy    1 for the same, falling evenly to 0 five steps of ten apart
///   density   1 for as many onsets a second, falling evenly to 0 at four times as many
/// A tempo or key that one of the two does not have says nothing, neither for nor against: 0.5, and its
/// reason says so. Pure; any thread.
Compatibility compatibility(const Card& first, const Card& second, double likeness,
                            const CompatibilityWeights& weights = {});

}  // namespace entrain
