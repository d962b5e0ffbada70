// Sounds found by words.
#include "engine/library/find/text_search.h"

#include <algorithm>

#include "tests/support/cards.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Four groups of 25; the first ten of each are named after it, the others are numbered.
std::vector<Card> half_named() {
  constexpr std::array kNames{"zorp", "quux", "plim", "vroo"};
  auto cards = some_library(4, 25, 0.6f);
  for (std::size_t i = 0; i < cards.size(); ++i)
    cards[i].path = i < 40 ? "/s/" + std::string(kNames[i % 4]) + " " + std::to_string(i) + ".wav"
                           : "/s/" + std::to_string(i) + ".wav";
  return cards;
}

bool says(const FoundSound& sound, std::string_view text) {
  return std::ranges::any_of(sound.reasons,
                             [&](const auto& reason) { return reason.find(text) != std::string::npos; });
}

std::size_t value_of(Trait trait) { return trait_column(trait) - trait_column(Trait::low); }

}  // namespace

TEST_CASE("those with the word in their name come first, then those that sound like them") {
  const auto cards = half_named();
  const TextSearch search(cards);
  const auto found = search.find(parse_query("quux"), 25).sounds;
  REQUIRE(found.size() == 25);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(found[i].index % 4 == 1);
    CHECK((found[i].index < 40) == (i < 10));
  }
  CHECK(says(found[0], "its name says quux"));
  CHECK(!says(found[11], "its name says"));
  CHECK(says(found[11], "sounds like your 10 files named quux"));
  CHECK(std::ranges::is_sorted(found, std::greater{}, &FoundSound::score));
}

TEST_CASE("a name alone is enough, where nothing can be learned from it; a folder's counts less") {
  auto cards = half_named();
  cards[50].path = "/s/plonk 1.wav";
  const auto alone = TextSearch(cards).find(parse_query("plonk"), 5).sounds;
  REQUIRE(alone.size() == 1);
  CHECK(alone[0].index == 50);
  CHECK(alone[0].score == Approx(TextSearch::kNamed).epsilon(0.5));
  CHECK(alone[0].reasons == std::vector<std::string>{"its name says plonk"});
  cards[50].path = "/plonk/vroo 1.wav";
  const auto folder = TextSearch(cards).find(parse_query("plonk"), 5).sounds;
  REQUIRE(folder.size() == 1);
  CHECK(folder[0].score < alone[0].score);
  CHECK(folder[0].reasons == std::vector<std::string>{"its folder says plonk"});
}

TEST_CASE("a sound that fits both words comes before those that fit one") {
  auto cards = half_named();
  cards[97].path = "/s/quux vroo.wav";
  const TextSearch search(cards);
  const auto found = search.find(parse_query("quux vroo"), 5).sounds;
  REQUIRE(!found.empty());
  CHECK(found[0].index == 97);
}

TEST_CASE("what is not wanted goes to the end, or away") {
  const auto cards = half_named();
  const TextSearch search(cards);
  for (const auto& sound : search.find(parse_query("not quux"), 30).sounds) CHECK(sound.index % 4 != 1);
}

TEST_CASE("words of the lexicon find what they mean without any name, with both poles") {
  auto cards = some_library(1, 60, 1);
  for (std::size_t i = 0; i < cards.size(); ++i) {
    auto& d = cards[i].descriptors;
    const auto tilt = static_cast<float>(i) / 10;  // the higher its number, the brighter it is
    d[descriptor::kBrightness.first] = 50 + tilt;
    for (std::size_t s = 0; s < descriptor::kSegments; ++s)
      for (std::size_t b = 0; b < descriptor::kWideBands; ++b)
        d[descriptor::kBands.first + s * descriptor::kWideBands + b] = tilt * static_cast<float>(b);
  }
  const TextSearch search(cards);
  const auto bright = search.find(parse_query("bright"), 10).sounds,
             dark = search.find(parse_query("dark"), 10).sounds;
  REQUIRE(bright.size() == 10);
  REQUIRE(dark.size() == 10);
  for (const auto& sound : bright) CHECK(sound.index >= 40);
  for (const auto& sound : dark) CHECK(sound.index < 20);
  CHECK(says(bright[0], "brighter than 9"));
  CHECK(says(dark[0], "darker than 9"));
  CHECK(says(dark[0], "% of your sounds"));
  for (const auto& sound : search.find(parse_query("not bright"), 10).sounds) CHECK(sound.index < 30);
}

TEST_CASE("kinds of drums are found by what they are taken for") {
  auto cards = some_library(1, 40, 1);
  for (std::size_t i = 0; i < cards.size(); ++i)
    cards[i].hit = i % 4 == 0 ? HitClass::kick : HitClass::cymbal;
  for (std::size_t i = 20; i < 40; ++i) cards[i].hit.reset();
  const TextSearch search(cards);
  const auto found = search.find(parse_query("bass drum"), 5).sounds;
  REQUIRE(found.size() == 5);
  for (const auto& sound : found) CHECK(cards[sound.index].hit == HitClass::kick);
  CHECK(says(found[0], "sounds like kick"));
}

TEST_CASE("what a library names so outweighs the lexicon as it grows") {
  // Here "dark" is written on most of the bright, which sound otherwise than the dark in much else.
  auto cards = some_library(1, 100, 1);
  for (std::size_t i = 0; i < cards.size(); ++i) {
    auto& d = cards[i].descriptors;
    for (std::size_t c = descriptor::kCepstra.first; c < descriptor::kPitch.first; ++c)
      d[c] += i >= 60 ? 2 * noise(5, c) : 0;
    d[descriptor::kBrightness.first] = static_cast<float>(i);
  }
  const auto unnamed_and_bright = [&] {
    const auto found = TextSearch(cards).find(parse_query("dark"), 40).sounds;
    return std::ranges::count_if(found, [](const auto& sound) { return sound.index >= 90; });
  };
  CHECK(unnamed_and_bright() <= 4);
  for (std::size_t i = 60; i < 90; ++i) cards[i].path = "/s/dark " + std::to_string(i) + ".wav";
  CHECK(unnamed_and_bright() >= 5);
}

TEST_CASE("exact key and tempo come first, and are said") {
  auto cards = some_library(1, 6);
  for (std::size_t i = 0; i < cards.size(); ++i) {
    cards[i].bpm = i == 4 ? 120 : 60;
    cards[i].key = i == 4 ? Key{9, true} : Key{4, true};
  }
  const TextSearch search(cards);
  const auto found = search.find(parse_query("120bpm Am"), 6).sounds;
  REQUIRE(found.size() == 6);
  CHECK(found[0].index == 4);
  CHECK(says(found[0], "120 BPM"));
  CHECK(says(found[0], "matched key: A minor"));
  CHECK(says(found[1], "8A to 9A: neighbours on the wheel"));
}

TEST_CASE("words nobody knows are said so, and find nothing") {
  const auto cards = half_named();
  const TextSearch search(cards);
  const Found found = search.find(parse_query("xyzzy"), 10);
  CHECK(found.sounds.empty());
  REQUIRE(found.remarks.size() == 1);
  CHECK(found.remarks[0] == "\"xyzzy\" is in no name here and says nothing of a sound.");
  const Found near = search.find(parse_query("quu"), 10);
  CHECK(near.remarks[0] == "\"quu\" is in no name here; looked for \"quux\".");
  CHECK(near.sounds[0].index % 4 == 1);
}

TEST_CASE("only admitted sounds are found; an empty library holds none") {
  const auto cards = half_named();
  const TextSearch search(cards);
  Admitted admitted(cards.size());
  admitted[5] = admitted[9] = 1;
  const auto found = search.find(parse_query("quux"), 10, admitted).sounds;
  CHECK(found.size() == 2);
  const std::vector<Card> none;
  CHECK(TextSearch(none).find(parse_query("dark kick"), 10).sounds.empty());
}

TEST_CASE("traits are read where descriptors have them") {
  Card card;
  card.seconds = 4;
  card.bpm = 128;
  card.onsets_per_second = 8;
  card.descriptors[descriptor::kBrightness.first] = 55;
  const Traits traits = traits_of(card);
  CHECK(traits[value_of(Trait::length)] == Approx(2));
  CHECK(traits[value_of(Trait::tempo)] == Approx(7));
  CHECK(traits[value_of(Trait::density)] == Approx(3));
  CHECK(traits[value_of(Trait::bright)] == Approx(55));
  CHECK(std::isnan(traits[value_of(Trait::kick)]));
  card.hit = HitClass::kick;
  CHECK(traits_of(card)[value_of(Trait::kick)] > traits_of(card)[value_of(Trait::snare)] - 10);
  card.bpm = 0;
  CHECK(std::isnan(traits_of(card)[value_of(Trait::tempo)]));
  std::vector<float> row(word_embedding()->columns().size());
  word_embedding()->write(card, row);
  CHECK(row[trait_column(Trait::length)] == Approx(2));
}
