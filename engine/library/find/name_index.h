// Which sounds have a word in their name, and how much that says.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/library/card.h"

namespace entrain {

/// BM25 (Robertson and Zaragoza, The probabilistic relevance framework, 2009) over the words of names and,
/// half as heavy, of folders. Any thread.
class NameIndex {
 public:
  /// A sound whose name or folders hold a word.
  struct Use {
    std::uint32_t index;  ///< of the card
    float weight;         ///< above 0; 1 for a name of ordinary length that holds it once
    bool in_name;         ///< else only in its folders
  };

  explicit NameIndex(std::span<const Card> cards);

  std::size_t size() const { return size_; }

  /// Sounds with this word (as words_in() gives it), in order; empty: none.
  std::span<const Use> uses(std::string_view word) const;

  /// How much a word tells sounds apart: 0 for one that all have, 1 for one that a third or fewer have. The
  /// inverse document frequency, 1 at most.
  double weight(std::string_view word) const;

  /// The most used known word that begins with this one or is a letter away from it (of 5 letters or more),
  /// for one that is not known.
  std::optional<std::string> nearest(std::string_view word) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::size_t size_;
  std::unordered_map<std::string, std::vector<Use>, Hash, std::equal_to<>> uses_;
};

}  // namespace entrain
