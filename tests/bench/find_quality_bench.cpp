// How well finding finds, on labelled sounds that a library knows.
//
//   find_quality_bench LIBRARY FOLDER     FOLDER holds labels.csv with path, type (oneshot), class, source
//
// Likeness: of the ten nearest of a labelled hit, how many share its class; among all, and among those of
// other sources only. Words: names of a half are hidden; of the ten best of these for each word that at least
// four of them had, how many had it. "chance" is what a blind draw would reach.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/hash.h"
#include "engine/library/find/text_search.h"
#include "engine/library/find/words.h"
#include "engine/library/library.h"

using namespace entrain;

namespace {

struct Labelled {
  Card card;
  std::string kind, source;  ///< class; "" where it is no one-shot
};

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else if (c != '\r')
      fields.back() += c;
  }
  return fields;
}

std::vector<Labelled> read(const std::string& library, const std::filesystem::path& folder) {
  std::map<std::string, Labelled> labels;
  std::ifstream file(folder / "labels.csv");
  std::string line;
  std::getline(file, line);
  const auto head = fields_of(line);
  const auto column = [&](const char* name) {
    return static_cast<std::size_t>(std::ranges::find(head, name) - head.begin());
  };
  const std::size_t path = column("path"), type = column("type"), kind = column("class"),
                    source = column("source");
  while (std::getline(file, line)) {
    auto f = fields_of(line);
    f.resize(std::max(head.size(), f.size()) + 1);
    labels[(folder / f[path]).native()] = {{}, f[type] == "oneshot" ? f[kind] : "", f[source]};
  }
  std::vector<Labelled> all;
  auto opened = Library::open(library);
  if (!opened) return all;
  auto cards = opened->library.cards();
  if (!cards) return all;
  for (Card& card : *cards)
    if (const auto at = labels.find(card.path); at != labels.end()) {
      all.push_back(at->second);
      all.back().card = std::move(card);
    }
  return all;
}

std::vector<Card> cards_of(const std::vector<Labelled>& all) {
  std::vector<Card> cards;
  for (const Labelled& l : all) cards.push_back(l.card);
  return cards;
}

struct Share {
  double sum = 0, chance = 0;
  int count = 0;
  void add(double share, double blind) { sum += share, chance += blind, ++count; }
  double mean() const { return count ? sum / count : 0; }
  double blind() const { return count ? chance / count : 0; }
};

void measure_likeness(const std::vector<Labelled>& all, const std::shared_ptr<const Embedding>& embedding) {
  const auto cards = cards_of(all);
  const LikenessIndex index(cards, embedding);
  Share everywhere, elsewhere;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind.empty()) continue;
    for (Share* share : {&everywhere, &elsewhere}) {
      Admitted admitted(all.size());
      double same = 0, others = 0;
      for (std::size_t j = 0; j < all.size(); ++j) {
        admitted[j] =
            j != i && !all[j].kind.empty() && (share == &everywhere || all[j].source != all[i].source);
        others += admitted[j];
        same += admitted[j] && all[j].kind == all[i].kind;
      }
      if (!(same > 0)) continue;
      double right = 0;
      for (const Ranked& r : index.nearest(index.vector_of(cards[i]), 10, admitted))
        right += all[r.index].kind == all[i].kind;
      share->add(right / 10, same / others);
    }
  }
  std::printf("likeness by %-12s P@10 %.3f (chance %.3f), other sources only %.3f (%.3f)\n",
              std::string(embedding->name()).c_str(), everywhere.mean(), everywhere.blind(), elsewhere.mean(),
              elsewhere.blind());
}

std::set<std::string> words_of(const Card& card) {
  const auto words = words_of_path(card.path).name;
  return {words.begin(), words.end()};
}

/// `hidden`: whose names are taken away; only they are looked for.
void measure_words(const std::vector<Labelled>& all, const char* what, const Admitted& hidden,
                   bool by_lexicon) {
  auto cards = cards_of(all);
  std::map<std::string, std::pair<int, int>> uses;  // known, hidden
  for (std::size_t i = 0; i < cards.size(); ++i)
    for (const std::string& word : words_of(all[i].card))
      ++(hidden[i] ? uses[word].second : uses[word].first);
  for (std::size_t i = 0; i < cards.size(); ++i)
    if (hidden[i] || by_lexicon) cards[i].path = "/" + std::to_string(i);
  const TextSearch search(cards);
  const double count = static_cast<double>(std::ranges::count(hidden, 1));
  Share share;
  for (const auto& [word, n] : uses) {
    const bool asked = by_lexicon ? lexicon_entry(word) != nullptr
                                  : n.first >= 4 && n.first < static_cast<int>(all.size()) / 4;
    if (!asked || n.second < 4) continue;
    double right = 0;
    for (const FoundSound& f : search.find(parse_query(word), 10, hidden).sounds)
      right += static_cast<double>(words_of(all[f.index].card).count(word));
    share.add(right / std::min(10, n.second), n.second / count);
  }
  if (share.count == 0) return;
  std::printf("words, %-44s P@10 %.3f (chance %.3f) of %d words\n", what, share.mean(), share.blind(),
              share.count);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: find_quality_bench LIBRARY FOLDER\n"), 2;
  const auto all = read(argv[1], argv[2]);
  std::printf("%zu labelled sounds\n", all.size());
  if (all.empty()) return 1;
  for (const auto& embedding : {fingerprint_embedding(), descriptor_embedding()})
    measure_likeness(all, embedding);
  std::set<std::string> sources;
  Admitted half, other, everything(all.size(), 1);
  for (const Labelled& l : all) {
    Hash64 hash;
    for (const char c : l.card.path) hash.word(static_cast<std::uint64_t>(c));
    half.push_back(hash.value() % 2);
    other.push_back(!half.back());
    sources.insert(l.source);
  }
  measure_words(all, "names of one half hidden", half, false);
  measure_words(all, "names of the other half hidden", other, false);
  measure_words(all, "all names hidden (the lexicon alone)", everything, true);
  for (const std::string& source : sources) {
    Admitted hidden;
    for (const Labelled& l : all) hidden.push_back(l.source == source);
    if (std::ranges::count(hidden, 1) >= 60)
      measure_words(all, ("names of " + source + " hidden").substr(0, 44).c_str(), hidden, false);
  }
  return 0;
}
