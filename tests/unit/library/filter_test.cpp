// Which sounds a search looks at.
#include "engine/library/find/filter.h"

#include <limits>

#include "tests/support/cards.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

namespace {

std::vector<Card> five() {
  std::vector<Card> cards(5);
  const auto fill = [&](std::size_t i, const char* path, double bpm, std::optional<Key> key, float energy,
                        std::optional<HitClass> hit) {
    cards[i].id = static_cast<std::int64_t>(i);
    cards[i].path = path;
    cards[i].bpm = bpm;
    cards[i].key = key;
    cards[i].energy = energy;
    cards[i].hit = hit;
  };
  const Key a_minor{9, true}, c_major{0, false}, f_sharp{6, false};
  fill(0, "/m/loops/a.wav", 120, a_minor, 5, std::nullopt);
  fill(1, "/m/loops/deep/b.wav", 61, c_major, 2, std::nullopt);
  fill(2, "/m/loops2/c.wav", 245, f_sharp, 8, std::nullopt);
  fill(3, "/m/hits/d.wav", 0, std::nullopt, 6, HitClass::kick);
  fill(4, "e.wav", 90, Key{2, false}, 5, HitClass::snare);  // D major: 10B
  return cards;
}

Admitted admit(const Filter& filter) {
  const auto cards = five();
  return Facets(cards).admit(filter);
}

}  // namespace

TEST_CASE("a filter that asks for nothing admits all") { CHECK(admit({}) == Admitted{1, 1, 1, 1, 1}); }

TEST_CASE("a tempo is met as it stands, in half and in double time; no tempo meets none") {
  Filter filter;
  filter.tempo = ValueRange{118, 126};
  CHECK(admit(filter) == Admitted{1, 1, 1, 0, 0});
  filter.tempo = ValueRange{89, 91};
  CHECK(admit(filter) == Admitted{0, 0, 0, 0, 1});
}

TEST_CASE("a key admits what mixes with it on the wheel, diagonals where they are wanted") {
  Filter filter;
  filter.key = Key{9, true};  // 8A; C major is its relative
  CHECK(admit(filter) == Admitted{1, 1, 0, 0, 0});
  filter.key = Key{4, true};  // 9A, E minor: neighbour of 8A, diagonal of 8B and 10B
  CHECK(admit(filter) == Admitted{1, 1, 0, 0, 1});
  filter.diagonals = false;
  CHECK(admit(filter) == Admitted{1, 0, 0, 0, 0});
}

TEST_CASE("energy, class and folder") {
  Filter filter;
  filter.energy = ValueRange{5, 6};
  CHECK(admit(filter) == Admitted{1, 0, 0, 1, 1});
  filter.hit = HitClass::kick;
  CHECK(admit(filter) == Admitted{0, 0, 0, 1, 0});
  Filter inside;
  inside.folder = "/m/loops/";
  CHECK(admit(inside) == Admitted{1, 1, 0, 0, 0});
  inside.folder = "/m/loops/deep";
  CHECK(admit(inside) == Admitted{0, 1, 0, 0, 0});
  inside.folder = "/";
  CHECK(admit(inside) == Admitted{1, 1, 1, 1, 0});
}

TEST_CASE("the best come first, equal ones by id, and what is no number is left out") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> scores{1, 3, 3, nan, 2, -HUGE_VALF};
  const std::vector<std::int64_t> ids{1, 9, 4, 5, 6, 7};
  CHECK(best_of(scores, {}, ids, 3) == std::vector<Ranked>{{2, 3}, {1, 3}, {4, 2}});
  CHECK(best_of(scores, {}, ids, 10).size() == 4);
  const Admitted admitted{1, 1, 0, 1, 1, 1};
  CHECK(best_of(scores, admitted, ids, 2) == std::vector<Ranked>{{1, 3}, {4, 2}});
}
