// Sounds by words: their names, what the words mean, and how sounds named so sound.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/library/find/filter.h"
#include "engine/library/find/likeness.h"
#include "engine/library/find/name_index.h"
#include "engine/library/find/query.h"
#include "engine/library/find/space.h"
#include "engine/library/find/word_models.h"

namespace entrain {

struct FoundSound {
  std::size_t index = 0;
  float score = 0;
  std::vector<std::string> reasons;  ///< "its name says kick", "darker than 92 % of your sounds"
};

struct Found {
  std::vector<FoundSound> sounds;    ///< the best first
  std::vector<std::string> remarks;  ///< sentences about words that nothing is known of
};

/// The evidence of each word is added up, so that a sound that fits all of them comes before one that fits
/// one: kNamed if the name says so (NameIndex), and how far the sound lies along the word (WordModels), in
/// deviations, kFarthest at most. With half of the names hidden this found more than ranks of the two
/// fused, above all for pairs of words. Any thread.
class TextSearch {
 public:
  static constexpr float kNamed = 2, kFarthest = 5;

  /// `cards` outlive it, unchanged.
  explicit TextSearch(std::span<const Card> cards);
  TextSearch(const TextSearch&) = delete;
  TextSearch& operator=(const TextSearch&) = delete;

  /// The `count` best among those admitted (empty: all) that have more for than against them. Tempo and key
  /// of the query are the caller's to filter by; here those that are exact come first. `model`: an index
  /// whose embedding knows texts adds its own evidence, or nullptr.
  Found find(const Query& query, std::size_t count, std::span<const std::uint8_t> admitted = {},
             const LikenessIndex* model = nullptr) const;

 private:
  struct Evidence;
  std::vector<Evidence> gather(const Query& query, std::vector<std::string>& remarks) const;
  void add_exact(const Query& query, std::span<float> scores) const;
  std::vector<std::string> reasons(const Query& query, std::span<const Evidence> all,
                                   std::size_t index) const;

  std::span<const Card> cards_;
  std::vector<std::int64_t> ids_;
  NameIndex names_;
  Space space_;
  VectorTable rows_;
  WordModels models_;
};

}  // namespace entrain
