// How the sounds that a word names differ from the others: learned from a library's own names.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/library/find/lexicon.h"
#include "engine/library/find/name_index.h"
#include "engine/library/find/vector_table.h"

namespace entrain {

/// A word as a direction among the sounds of word_embedding(): how far a sound lies along it, in standard
/// deviations over the library, is direction . sound - at_mean.
struct WordDirection {
  std::vector<float> direction;
  float at_mean = 0;
  std::size_t learned_from = 0;  ///< sounds named so; 0: from the lexicon alone
};

/// Linear discriminants (Fisher 1936) with one shrunk covariance (Friedman 1989) for all words. A word's own
/// sounds count n, the lexicon's meaning of it kPrior, so that it leads where few are named so:
/// best of the priors tried for one and two files, near the best up to 16 (see also find_quality_bench).
class WordModels {
 public:
  static constexpr double kShrinkage = 0.3;            ///< towards a sphere
  static constexpr double kPrior = 4;                  ///< sounds that the lexicon is worth
  static constexpr std::size_t kFewest = 2;            ///< sounds to learn from
  static constexpr std::size_t kMostSampled = 20'000;  ///< sounds for the covariance, evenly spread
  static constexpr std::size_t kMostExamples = 2'000;  ///< of one word, evenly spread

  /// `rows` lie in word_embedding(), one for each sound of `names`; both outlive the models.
  WordModels(const VectorTable& rows, const NameIndex& names);

  /// Empty direction: the word is neither in the lexicon nor used enough, or says nothing. Any thread.
  WordDirection direction_of(std::string_view word) const;

 private:
  std::vector<double> learned(std::string_view word) const;
  std::vector<double> told(const LexiconEntry& entry) const;
  double deviation_along(std::span<const double> direction) const;
  void solve(std::span<double> x) const;

  const VectorTable& rows_;
  const NameIndex& names_;
  std::size_t width_;
  std::vector<double> mean_, covariance_;
  std::vector<double> factor_;  ///< lower triangle: Cholesky's, of the shrunk covariance
};

}  // namespace entrain
