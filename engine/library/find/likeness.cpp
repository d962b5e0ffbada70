#include "engine/library/find/likeness.h"

#include <algorithm>
#include <array>

namespace entrain {

LikenessIndex::LikenessIndex(std::span<const Card> cards, std::shared_ptr<const Embedding> embedding)
    : space_(cards, std::move(embedding)), rows_(space_.table(cards)) {
  rows_.normalise();
  for (const Card& card : cards) ids_.push_back(card.id);
}

std::vector<float> LikenessIndex::vector_of(const Card& card) const {
  VectorTable one(space_.width(), 1);
  space_.place(card, one.row(0));
  one.normalise();
  return {one.row(0).begin(), one.row(0).end()};
}

std::vector<float> LikenessIndex::all(std::span<const float> vector) const {
  std::vector<float> likeness(size());
  const std::array directions{vector};
  const std::array out{std::span<float>(likeness)};
  rows_.products(directions, out);
  for (float& value : likeness) value = std::clamp(value, -1.0f, 1.0f);
  return likeness;
}

std::vector<Ranked> LikenessIndex::nearest(std::span<const float> vector, std::size_t count,
                                           std::span<const std::uint8_t> admitted) const {
  return best_of(all(vector), admitted, ids_, count);
}

}  // namespace entrain
