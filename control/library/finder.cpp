#include "control/library/finder.h"

#include <algorithm>
#include <cmath>

namespace entrain {

Finder::Finder(Cards cards, CompatibilityWeights weights, std::shared_ptr<const Embedding> embedding)
    : cards_(std::move(cards)),
      weights_(weights),
      facets_(*cards_),
      likeness_(*cards_, std::move(embedding)),
      words_(*cards_) {
  for (const Card& card : *cards_) ids_.push_back(card.id);
}

const Card* Finder::at(std::string_view path) const {
  const auto found = std::ranges::find(*cards_, path, &Card::path);
  return found == cards_->end() ? nullptr : &*found;
}

Found Finder::search(std::string_view text, std::size_t count, Filter filter) const {
  const Query query = parse_query(text);
  filter.diagonals = weights_.diagonals;
  if (!filter.tempo) filter.tempo = query.tempo;
  if (!filter.key) filter.key = query.key;
  return words_.find(query, count, facets_.admit(filter), &likeness_);
}

Admitted Finder::admit_others(const Card& card, Filter filter) const {
  filter.diagonals = weights_.diagonals;
  Admitted admitted = facets_.admit(filter);
  for (std::size_t i = 0; i < admitted.size(); ++i)
    if (admitted[i] && ids_[i] == card.id && (*cards_)[i].path == card.path) admitted[i] = 0;
  return admitted;
}

std::vector<Suggestion> Finder::similar(const Card& card, std::size_t count, Filter filter) const {
  std::vector<Suggestion> suggestions;
  const auto admitted = admit_others(card, std::move(filter));
  for (const Ranked& ranked : likeness_.nearest(likeness_.vector_of(card), count, admitted)) {
    const double likeness = static_cast<double>(ranked.score);
    Suggestion suggestion{ranked.index, likeness, {}};
    for (Reason& reason : compatibility(card, (*cards_)[ranked.index], likeness, weights_).reasons) {
      const bool alike = reason.of == Criterion::likeness;
      if (alike || reason.value > 0.5)
        suggestion.reasons.insert(alike ? suggestion.reasons.begin() : suggestion.reasons.end(),
                                  std::move(reason.text));
    }
    suggestions.push_back(std::move(suggestion));
  }
  return suggestions;
}

std::vector<Suggestion> Finder::next(const Card& card, std::size_t count, Filter filter) const {
  const bool any_kind = card.hit.has_value() || filter.hit.has_value();
  const auto admitted = admit_others(card, std::move(filter));
  const auto likeness = likeness_.all(likeness_.vector_of(card));
  std::vector<float> scores(cards_->size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!admitted[i]) continue;
    const Card& other = (*cards_)[i];
    const double score = compatibility_score(card, other, static_cast<double>(likeness[i]), weights_);
    scores[i] = (any_kind || !other.hit) && score > 0 ? static_cast<float>(score) : -HUGE_VALF;
  }
  std::vector<Suggestion> suggestions;
  for (const Ranked& ranked : best_of(scores, admitted, ids_, count)) {
    auto judged =
        compatibility(card, (*cards_)[ranked.index], static_cast<double>(likeness[ranked.index]), weights_);
    Suggestion suggestion{ranked.index, judged.score, {}};
    for (Reason& reason : judged.reasons) suggestion.reasons.push_back(std::move(reason.text));
    suggestions.push_back(std::move(suggestion));
  }
  return suggestions;
}

}  // namespace entrain
