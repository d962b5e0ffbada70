// Which sounds are found to be alike.
#include "engine/library/find/likeness.h"

#include <algorithm>
#include <limits>

#include "tests/support/cards.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

namespace {

std::vector<std::int64_t> ids_of(const std::vector<Card>& cards, const std::vector<Ranked>& found) {
  std::vector<std::int64_t> ids;
  for (const Ranked& ranked : found) ids.push_back(cards[ranked.index].id);
  return ids;
}

/// Two numbers that mean something as they are, and texts among them: "east" or anything else.
class Compass final : public Embedding {
 public:
  std::string_view name() const override { return "compass"; }
  std::span<const EmbeddingColumn> columns() const override { return columns_; }
  void write(const Card& card, std::span<float> out) const override {
    out[0] = card.energy;
    out[1] = card.lufs;
  }
  std::optional<std::vector<float>> of_text(std::string_view text) const override {
    return text == "east" ? std::vector<float>{1, 0} : std::vector<float>{0, 1};
  }

 private:
  std::array<EmbeddingColumn, 2> columns_{{{1, false}, {1, false}}};
};

}  // namespace

TEST_CASE("the likest sounds of one are those of its own kind, itself first") {
  const auto cards = some_library(5, 20, 0.15f);
  for (const auto& embedding : {descriptor_embedding(), fingerprint_embedding()}) {
    const LikenessIndex index(cards, embedding);
    for (std::size_t i = 0; i < cards.size(); i += 7) {
      const auto found = index.nearest(index.vector_of(cards[i]), 20);
      REQUIRE(found.size() == 20);
      CHECK(found[0].index == i);
      CHECK(found[0].score == Approx(1).margin(1e-5));
      for (const Ranked& ranked : found) CHECK(ranked.index % 5 == i % 5);
      CHECK(std::ranges::is_sorted(found, std::greater{}, &Ranked::score));
    }
  }
}

TEST_CASE("likeness depends neither on a column's unit nor on one odd file") {
  auto cards = some_library(6, 30, 1);
  const auto nearest = [&] {
    const LikenessIndex index(cards);
    return ids_of(cards, index.nearest(index.vector_of(cards[11]), 10));
  };
  const auto before = nearest();
  for (Card& card : cards) {
    card.descriptors[descriptor::kMfcc.first + 2] =
        7'000 + 900 * card.descriptors[descriptor::kMfcc.first + 2];
    card.descriptors[descriptor::kShape.first] *= 0.001f;
  }
  CHECK(nearest() == before);
  for (float& d : cards[40].descriptors) d = 1e6f;
  auto without = before;
  std::erase(without, cards[40].id);
  auto after = nearest();
  std::erase(after, cards[40].id);
  CHECK(std::equal(without.begin(), without.begin() + 8, after.begin()));
}

TEST_CASE("one-shots taken for the same drum are liker than others as near") {
  auto cards = some_library(1, 60, 1);
  for (std::size_t i = 0; i < cards.size(); ++i) {
    // A person said so, so that the chances are plain.
    cards[i].hit = i % 2 == 0 ? HitClass::kick : HitClass::cymbal;
  }
  const LikenessIndex index(cards);
  for (const Ranked& ranked : index.nearest(index.vector_of(cards[0]), 20)) CHECK(ranked.index % 2 == 0);
}

TEST_CASE("sounds that coincide are found in the order of their ids") {
  std::vector<Card> cards;
  for (const std::int64_t id : {9, 3, 7, 1, 5}) {
    cards.push_back(some_card(1, "/a.wav", 1));
    cards.back().id = id;
  }
  for (std::int64_t id = 20; id < 40; ++id)
    cards.push_back(some_card(id, "/b.wav", static_cast<std::uint64_t>(id)));
  const LikenessIndex index(cards);
  CHECK(ids_of(cards, index.nearest(index.vector_of(cards[0]), 3)) == std::vector<std::int64_t>{1, 3, 5});
}

TEST_CASE("every sound is compared, at every level of instructions alike") {
  VectorTable table(83, 201);
  std::vector<float> direction(83), other(83);
  for (std::size_t i = 0; i < table.size(); ++i)
    for (std::size_t c = 0; c < 83; ++c) table.row(i)[c] = noise(i, c);
  for (std::size_t c = 0; c < 83; ++c) direction[c] = noise(999, c), other[c] = noise(998, c);
  for (const Isa isa : available_isas()) {
    std::vector<float> a(201), b(201);
    const std::array<std::span<const float>, 2> directions{direction, other};
    const std::array<std::span<float>, 2> out{a, b};
    table.products(directions, out, isa);
    for (std::size_t i = 0; i < table.size(); ++i) {
      double first = 0, second = 0;
      for (std::size_t c = 0; c < 83; ++c) {
        first += static_cast<double>(table.row(i)[c]) * static_cast<double>(direction[c]);
        second += static_cast<double>(table.row(i)[c]) * static_cast<double>(other[c]);
      }
      CHECK(static_cast<double>(a[i]) == Approx(first).margin(1e-4));
      CHECK(static_cast<double>(b[i]) == Approx(second).margin(1e-4));
    }
  }
}

TEST_CASE("a model whose cosine means something is taken as it is") {
  std::vector<Card> cards(3);
  const std::array<std::array<float, 2>, 3> places{{{3, 0}, {1, 1}, {0, 8}}};
  for (std::size_t i = 0; i < 3; ++i) {
    cards[i].id = static_cast<std::int64_t>(i) + 1;
    cards[i].energy = places[i][0];
    cards[i].lufs = places[i][1];
  }
  const LikenessIndex index(cards, std::make_shared<const Compass>());
  const auto found = index.nearest(*index.embedding().of_text("east"), 3);
  REQUIRE(found.size() == 3);
  CHECK(ids_of(cards, found) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(found[0].score == Approx(1));
  CHECK(found[1].score == Approx(std::sqrt(0.5)));
  CHECK(found[2].score == Approx(0).margin(1e-6));
}

TEST_CASE("small libraries and values that are not finite do no harm") {
  const std::vector<Card> none;
  const LikenessIndex empty(none);
  CHECK(empty.nearest(empty.vector_of(some_card(1, "/a", 1)), 10).empty());

  auto cards = some_library(2, 4);
  cards[1].descriptors.fill(std::numeric_limits<float>::quiet_NaN());
  cards[2].descriptors.fill(std::numeric_limits<float>::infinity());
  const LikenessIndex index(cards);
  const auto found = index.nearest(index.vector_of(cards[0]), 100);
  CHECK(found.size() == cards.size());
  CHECK(index.nearest(index.vector_of(cards[0]), 0).empty());
  for (const float value : index.vector_of(cards[2])) CHECK(std::isfinite(value));

  const std::vector<Card> same(5, some_card(1, "/a", 1));
  const LikenessIndex flat(same);
  CHECK(flat.nearest(flat.vector_of(same[0]), 5).size() == 5);
}
