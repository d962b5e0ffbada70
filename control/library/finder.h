// Answers what a performer asks of the library: by words, by likeness, what could come next.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/library/find/compatibility.h"
#include "engine/library/find/filter.h"
#include "engine/library/find/likeness.h"
#include "engine/library/find/text_search.h"

namespace entrain {

struct Suggestion {
  std::size_t index = 0;             ///< of the card
  double score = 0;                  ///< likeness (-1 to 1), or compatibility (0 to 1)
  std::vector<std::string> reasons;  ///< "matched key: C minor", "sounds alike (0.83)"
};

using Cards = std::shared_ptr<const std::vector<Card>>;

/// Indices over one state of a library; nothing in it changes any more. Answers in milliseconds, also for
/// 100 000 sounds; to build takes about a second for these. Any thread.
class Finder {
 public:
  explicit Finder(Cards cards, CompatibilityWeights weights = {},
                  std::shared_ptr<const Embedding> embedding = descriptor_embedding());

  const std::vector<Card>& cards() const { return *cards_; }
  const CompatibilityWeights& weights() const { return weights_; }
  const LikenessIndex& likeness() const { return likeness_; }

  /// The sound with this path, or nullptr.
  const Card* at(std::string_view path) const;

  /// Sounds by words (see TextSearch); tempo and key in the text hold unless the filter has its own.
  Found search(std::string_view text, std::size_t count, Filter filter = {}) const;

  /// The likest sounds, the likest first, without the sound itself.
  std::vector<Suggestion> similar(const Card& card, std::size_t count, Filter filter = {}) const;

  /// What could follow, the most compatible first; none that is refused. After what is no one-shot come no
  /// one-shots, unless the filter asks for their class.
  std::vector<Suggestion> next(const Card& card, std::size_t count, Filter filter = {}) const;

 private:
  Admitted admit_others(const Card& card, Filter filter) const;

  Cards cards_;
  CompatibilityWeights weights_;
  Facets facets_;
  std::vector<std::int64_t> ids_;
  LikenessIndex likeness_;
  TextSearch words_;
};

}  // namespace entrain
