// What a performer asks of the library.
#include "control/library/finder.h"

#include <algorithm>

#include "control/library/filter_text.h"
#include "tests/support/cards.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Two groups of eight loops, and eight hits.
std::shared_ptr<std::vector<Card>> a_library() {
  auto cards = std::make_shared<std::vector<Card>>(some_library(3, 8));
  for (std::size_t i = 0; i < cards->size(); ++i) {
    Card& card = (*cards)[i];
    if (i % 3 == 2) {
      card.hit = HitClass::snare;
      continue;
    }
    card.bpm = 120 + static_cast<double>(i) / 4;
    card.key = Key{static_cast<int>(i % 4) * 3, true};
    card.key_confidence = card.bpm_confidence = 1;
  }
  return cards;
}

}  // namespace

TEST_CASE("likest to a sound are its like, and not itself") {
  const auto cards = a_library();
  const Finder finder(cards);
  const auto found = finder.similar((*cards)[3], 7);
  REQUIRE(found.size() == 7);
  for (const Suggestion& s : found) {
    CHECK(s.index % 3 == 0);
    CHECK(s.index != 3);
    REQUIRE(!s.reasons.empty());
    CHECK(s.reasons[0].starts_with("sounds alike ("));
  }
  CHECK(finder.similar((*cards)[3], 100).size() == cards->size() - 1);
}

TEST_CASE("a sound that is not in the library has its like there too") {
  const Finder finder(a_library());
  const Card stranger = some_card(77, "/elsewhere.wav", 1);
  for (const Suggestion& s : finder.similar(stranger, 8)) CHECK(s.index % 3 == 1);
}

TEST_CASE("what comes next is compatible, in order, never refused, and no one-shot") {
  const auto cards = a_library();
  (*cards)[6].bpm = 150;
  const Finder finder(cards);
  const auto found = finder.next((*cards)[0], 100);
  CHECK(found.size() == 14);
  CHECK(std::ranges::is_sorted(found, std::greater{}, &Suggestion::score));
  for (const Suggestion& s : found) {
    CHECK(!(*cards)[s.index].hit);
    CHECK(s.index != 0);
    CHECK(s.index != 6);
    CHECK(s.reasons.size() == 5);
    const auto judged = compatibility((*cards)[0], (*cards)[s.index], 0);
    CHECK(!judged.refused);
  }
  Filter snares;
  snares.hit = HitClass::snare;
  CHECK(finder.next((*cards)[0], 100, snares).size() == 8);
  CHECK(finder.next((*cards)[2], 100).size() == cards->size() - 1);
}

TEST_CASE("tempo and key in the text hold, unless the filter has its own") {
  const auto cards = a_library();
  const Finder finder(cards);
  for (const auto& s : finder.search("120-121bpm", 100).sounds) CHECK((*cards)[s.index].bpm <= 121);
  CHECK(finder.search("120-121bpm", 100).sounds.size() == 4);
  Filter filter;
  filter.tempo = ValueRange{124, 126};
  for (const auto& s : finder.search("120-121bpm", 100, filter).sounds) CHECK((*cards)[s.index].bpm >= 124);
  for (const auto& s : finder.search("Cm", 100).sounds) CHECK((*cards)[s.index].key == Key{0, true});
  CHECK(finder.search("Cm", 100).sounds.size() == 4);
}

TEST_CASE("a performer who does not mix diagonals is given none") {
  auto cards = a_library();
  (*cards)[0].key = Key{9, true};   // 8A
  (*cards)[1].key = Key{7, false};  // 9B
  const auto finds = [&](bool diagonals) {
    CompatibilityWeights weights;
    weights.diagonals = diagonals;
    const Finder finder(cards, weights);
    return std::ranges::any_of(finder.search("8A", 100).sounds, [](const auto& s) { return s.index == 1; });
  };
  CHECK(finds(true));
  CHECK(!finds(false));
}

TEST_CASE("a sound is found by its path") {
  const auto cards = a_library();
  const Finder finder(cards);
  CHECK(finder.at("/s/1/4.wav") == &(*cards)[4]);
  CHECK(finder.at("/s/1") == nullptr);
}

TEST_CASE("filters are read as people write them") {
  const auto filter = filter_from({"118-126", "8A", "5", "Hat_Open", "/loops"});
  REQUIRE(filter);
  CHECK(filter->tempo == ValueRange{118, 126});
  CHECK(filter->key == Key{9, true});
  CHECK(filter->energy == ValueRange{4.5, 5.5});
  CHECK(filter->hit == HitClass::hat_open);
  CHECK(filter->folder == "/loops");
  CHECK(!filter_from({})->tempo);
  CHECK(filter_from({"fast", "", "", "", ""}).error().sentence ==
        "tempo is \"fast\"; give BPM from 20 to 999, such as 120 or 118-126");
  CHECK(filter_from({"", "", "11", "", ""}).error().sentence ==
        "energy is \"11\"; give 0 to 10, such as 5 or 3-6");
  CHECK(filter_from({"", "", "", "kik", ""}).error().sentence ==
        "class is \"kik\"; give kick, snare, hat_closed, hat_open, clap, tom, cymbal, percussion or tonal");
}
