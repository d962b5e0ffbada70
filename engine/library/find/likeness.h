// Which sounds are alike: every one is compared, none is guessed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/library/find/filter.h"
#include "engine/library/find/space.h"

namespace entrain {

/// A library's sounds as vectors of length 1. Likeness is the cosine of two: 1 for the same sound, about 0
/// for two that have no more in common than any two of this library, -1 for opposites. Answers are the same
/// whatever the thread; ties go to the lower id. Nothing is allocated that grows with the number of
/// questions.
class LikenessIndex {
 public:
  explicit LikenessIndex(std::span<const Card> cards,
                         std::shared_ptr<const Embedding> embedding = descriptor_embedding());

  std::size_t size() const { return ids_.size(); }
  const Embedding& embedding() const { return space_.embedding(); }

  /// A sound as this index compares it, in the library or not.
  std::vector<float> vector_of(const Card& card) const;

  /// The `count` likest, the likest first, among those admitted (empty: all). A sound of the library finds
  /// itself; leave it out with `admitted`.
  std::vector<Ranked> nearest(std::span<const float> vector, std::size_t count,
                              std::span<const std::uint8_t> admitted = {}) const;

  /// A sound of the index, as it is compared.
  std::span<const float> row(std::size_t index) const { return rows_.row(index); }
  std::size_t row_width() const { return rows_.width(); }

  /// The likeness of every sound, in order.
  std::vector<float> all(std::span<const float> vector) const;

 private:
  Space space_;
  VectorTable rows_;
  std::vector<std::int64_t> ids_;
};

}  // namespace entrain
