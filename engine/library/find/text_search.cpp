#include "engine/library/find/text_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/library/find/said.h"
#include "engine/library/find/wheel.h"

namespace entrain {
namespace {

constexpr float kExactKey = 1, kExactTempo = 0.5f;  // beside the evidence of a word
constexpr float kLikeThem = 0.7f;                   // deviations from which a sound is said to be like others
constexpr int kLeastPercent = 60;                   // of a library, to be said
constexpr std::string_view kModelWord = "the text";

/// In deviations from the mean; all 0 where they hardly differ.
void standardise(std::span<float> scores) {
  double sum = 0, squares = 0;
  for (const float s : scores) sum += static_cast<double>(s);
  const double mean = sum / static_cast<double>(scores.size());
  for (const float s : scores) squares += (static_cast<double>(s) - mean) * (static_cast<double>(s) - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(scores.size()));
  for (float& s : scores)
    s = deviation > 1e-9 ? static_cast<float>((static_cast<double>(s) - mean) / deviation) : 0;
}

/// How many of a hundred lie below.
int percent_below(std::span<const float> scores, float score) {
  const auto below = std::ranges::count_if(scores, [&](float other) { return other < score; });
  return static_cast<int>(
      std::min<std::ptrdiff_t>(99, 100 * below / std::max<std::ptrdiff_t>(1, std::ssize(scores))));
}

std::string percent_of_sounds(int percent) {
  return " than " + std::to_string(percent) + " % of your sounds";
}

}  // namespace

/// What speaks for a word, sound by sound.
struct TextSearch::Evidence {
  std::string word;
  bool not_so = false;
  std::span<const NameIndex::Use> uses;
  double name_weight = 0;
  std::vector<float> along;  ///< deviations; empty: nothing is known of how it sounds
  std::size_t learned_from = 0;
};

TextSearch::TextSearch(std::span<const Card> cards)
    : cards_(cards),
      names_(cards),
      space_(cards, word_embedding()),
      rows_(space_.table(cards)),
      models_(rows_, names_) {
  for (const Card& card : cards) ids_.push_back(card.id);
}

std::vector<TextSearch::Evidence> TextSearch::gather(const Query& query,
                                                     std::vector<std::string>& remarks) const {
  std::vector<Evidence> all;
  std::vector<WordDirection> directions;
  for (const AskedWord& asked : query.words) {
    std::string word = asked.word;
    if (names_.uses(word).empty() && !lexicon_entry(word)) {
      const auto near = names_.nearest(word);
      remarks.push_back("\"" + word + "\" is in no name here" +
                        (near ? "; looked for \"" + *near + "\"." : " and says nothing of a sound."));
      if (!near) continue;
      word = *near;
    }
    WordDirection direction = models_.direction_of(word);
    all.push_back({word, asked.not_so, names_.uses(word), names_.weight(word), {}, direction.learned_from});
    if (!direction.direction.empty()) all.back().along.resize(cards_.size());
    directions.push_back(std::move(direction));
  }
  std::vector<std::span<const float>> in;
  std::vector<std::span<float>> out;
  for (std::size_t w = 0; w < all.size(); ++w)
    if (!all[w].along.empty()) {
      in.emplace_back(directions[w].direction);
      out.emplace_back(all[w].along);
    }
  rows_.products(in, out);
  for (std::size_t w = 0; w < all.size(); ++w)
    for (float& z : all[w].along) z = std::clamp(z - directions[w].at_mean, -kFarthest, kFarthest);
  return all;
}

void TextSearch::add_exact(const Query& query, std::span<float> scores) const {
  if (!query.key && !query.tempo) return;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (query.key && cards_[i].key == query.key) scores[i] += kExactKey;
    if (query.tempo && query.tempo->holds(cards_[i].bpm)) scores[i] += kExactTempo;
  }
}

std::vector<std::string> TextSearch::reasons(const Query& query, std::span<const Evidence> all,
                                             std::size_t index) const {
  std::vector<std::string> said_so;
  const Card& card = cards_[index];
  for (const Evidence& evidence : all) {
    const auto use = std::ranges::lower_bound(evidence.uses, index, {},
                                              [](const auto& u) { return std::size_t{u.index}; });
    if (use != evidence.uses.end() && use->index == index && !evidence.not_so)
      said_so.push_back((use->in_name ? "its name says " : "its folder says ") + evidence.word);
    if (evidence.along.empty()) continue;
    const float z = evidence.along[index];
    const LexiconEntry* entry = lexicon_entry(evidence.word);
    const bool quality = entry && !entry->more.empty();
    if (evidence.not_so) {
      const int percent = 99 - percent_below(evidence.along, z);
      if (percent >= kLeastPercent) said_so.push_back("less " + evidence.word + percent_of_sounds(percent));
    } else if (quality || evidence.word == kModelWord) {
      const int percent = percent_below(evidence.along, z);
      const std::string more = quality ? std::string(entry->more) : "fits the text better";
      if (percent >= kLeastPercent) said_so.push_back(more + percent_of_sounds(percent));
    } else if (z >= kLikeThem && evidence.learned_from > 0) {
      said_so.push_back("sounds like your " + std::to_string(evidence.learned_from) + " files named " +
                        evidence.word);
    } else if (z >= kLikeThem) {
      said_so.push_back("sounds like " + evidence.word);
    }
  }
  if (query.tempo && card.bpm > 0) said_so.push_back(said(card.bpm, 1) + " BPM");
  if (query.key && card.key)
    said_so.push_back(card.key == query.key ? "matched key: " + key_name(*card.key)
                                            : camelot(*query.key) + " to " + camelot(*card.key) + ": " +
                                                  std::string(words_for(wheel_step(*query.key, *card.key))));
  return said_so;
}

Found TextSearch::find(const Query& query, std::size_t count, std::span<const std::uint8_t> admitted,
                       const LikenessIndex* model) const {
  Found found;
  std::vector<Evidence> all = gather(query, found.remarks);
  if (const auto vector =
          model && !query.words.empty() ? model->embedding().of_text(query.text) : std::nullopt) {
    all.push_back({std::string(kModelWord), false, {}, 0, model->all(*vector), 0});
    standardise(all.back().along);
  }
  const bool words = !query.words.empty();
  std::vector<float> scores(cards_.size());
  for (const Evidence& evidence : all) {
    const float sign = evidence.not_so ? -1 : 1;
    for (std::size_t i = 0; i < evidence.along.size(); ++i) scores[i] += sign * evidence.along[i];
    for (const NameIndex::Use& use : evidence.uses)
      scores[use.index] += sign * kNamed * use.weight * static_cast<float>(evidence.name_weight);
  }
  if (words)
    for (float& score : scores)
      if (!(score > 0)) score = -HUGE_VALF;  // more against than for it
  add_exact(query, scores);
  for (const Ranked& ranked : best_of(scores, admitted, ids_, count))
    found.sounds.push_back({ranked.index, ranked.score, reasons(query, all, ranked.index)});
  return found;
}

}  // namespace entrain
