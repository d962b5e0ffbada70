// What names are taken to say.
#include "engine/library/find/words.h"

#include <set>

#include "engine/library/find/lexicon.h"
#include "engine/library/find/name_index.h"
#include "engine/library/find/query.h"
#include "tests/support/cards.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

using Words = std::vector<std::string>;

namespace {

Words asked(const Query& query) {
  Words words;
  for (const AskedWord& w : query.words) words.push_back((w.not_so ? "-" : "") + w.word);
  return words;
}

std::vector<Card> named(std::initializer_list<const char*> paths) {
  std::vector<Card> cards;
  for (const char* path : paths) {
    cards.emplace_back();
    cards.back().path = path;
    cards.back().id = static_cast<std::int64_t>(cards.size());
  }
  return cards;
}

std::vector<std::uint32_t> indices(std::span<const NameIndex::Use> uses) {
  std::vector<std::uint32_t> all;
  for (const auto& use : uses) all.push_back(use.index);
  return all;
}

}  // namespace

TEST_CASE("a word is the same however a pack writes it") {
  CHECK(words_in("BD_Haus-01") == Words{"kick", "haus"});
  CHECK(words_in("Kicks") == Words{"kick"});
  CHECK(words_in("bass drum") == Words{"kick"});
  for (const char* hat : {"hh", "HiHat", "hi-hat", "Hi Hats", "high hat", "HATS"})
    CHECK(words_in(hat) == Words{"hat"});
  CHECK(words_in("OH 2") == Words{"hat", "open"});
  CHECK(words_in("openHat") == Words{"open", "hat"});
  CHECK(words_in("TR808Kick") == Words{"tr", "808", "kick"});
  CHECK(words_in("kickDrum") == Words{"kick", "drum"});
  CHECK(words_in("glass bass chorus") == Words{"glass", "bass", "chorus"});
  CHECK(words_in("Größe") == Words{"größe"});
}

TEST_CASE("what says nothing of a sound is no word") {
  CHECK(words_in("the a 01 24 c# x.wav").empty());
  CHECK(words_in("").empty());
  CHECK(words_in("\xff\xfe__--..").size() <= 1);
}

TEST_CASE("a path has the words of its name and of its folders") {
  const PathWords words = words_of_path("/samples/Dark Pads/deep.pad_01.wav");
  CHECK(words.name == Words{"deep", "pad"});
  CHECK(words.folders == Words{"sample", "dark", "pad"});
  CHECK(words_of_path("kick.flac").name == Words{"kick"});
  CHECK(words_of_path("kick.flac").folders.empty());
}

TEST_CASE("every word of the lexicon can be reached by asking for it") {
  std::set<std::string_view> seen;
  for (const LexiconEntry& entry : lexicon()) {
    CHECK(words_in(entry.word) == Words{std::string(entry.word)});
    CHECK(lexicon_entry(entry.word) == &entry);
    CHECK(!entry.meanings().empty());
    CHECK(seen.insert(entry.word).second);
    for (const Meaning& meaning : entry.meanings()) CHECK(meaning.weight != 0);
  }
  CHECK(lexicon_entry("xyzzy") == nullptr);
}

TEST_CASE("names are found by their words, folders too but less") {
  const auto cards =
      named({"/a/kick 1.wav", "/kicks/x.wav", "/a/snare.wav", "/a/a kick with a long name of six.wav"});
  const NameIndex names(cards);
  CHECK(indices(names.uses("kick")) == std::vector<std::uint32_t>{0, 1, 3});
  const auto uses = names.uses("kick");
  CHECK(uses[0].in_name);
  CHECK(!uses[1].in_name);
  CHECK(uses[0].weight > uses[1].weight);
  CHECK(uses[0].weight > uses[2].weight);
  CHECK(names.uses("pad").empty());
  CHECK(names.weight("kick") < names.weight("snare"));
  CHECK(names.weight("snare") <= 1);
}

TEST_CASE("a word that all names hold says nothing") {
  std::vector<Card> cards = some_library(1, 100);
  for (Card& card : cards) card.path = "/mine/sound" + std::to_string(card.id) + ".wav";
  CHECK(NameIndex(cards).weight("sound") < 0.01);
}

TEST_CASE("an unknown word is taken for one that begins so or is a letter away") {
  const auto cards = named({"/distorted.wav", "/distort.wav", "/distorted 2.wav", "/kick.wav"});
  const NameIndex names(cards);
  CHECK(names.nearest("disto") == "distorted");
  CHECK(names.nearest("distprted") == "distorted");
  CHECK(!names.nearest("kicl"));  // too short to be a slip
  CHECK(!names.nearest("zzz"));
}

TEST_CASE("a question holds words, what it does not want, tempo and key") {
  CHECK(asked(parse_query("dark heavy bass")) == Words{"dark", "heavy", "bass"});
  CHECK(asked(parse_query("pad not bright")) == Words{"pad", "-bright"});
  CHECK(asked(parse_query("kick -808 punchy")) == Words{"kick", "-808", "punchy"});
  CHECK(asked(parse_query("Bass Drum, bass drum")) == Words{"kick"});
  CHECK(asked(parse_query("")).empty());
  const Query query = parse_query("chill ambient piano 120 bpm Am");
  CHECK(asked(query) == Words{"chill", "ambient", "piano"});
  CHECK(query.key == Key{9, true});
  REQUIRE(query.tempo);
  CHECK(query.tempo->least == Approx(117.6));
  CHECK(query.tempo->most == Approx(122.4));
}

TEST_CASE("tempo is asked for with its unit, key with its mode or number") {
  const auto tempo = [](const char* text) { return parse_query(text).tempo; };
  CHECK(tempo("128-130bpm") == ValueRange{128, 130});
  CHECK(tempo("128-130 BPM") == ValueRange{128, 130});
  CHECK(tempo("bpm 93.5")->least == Approx(93.5 * 0.98));
  CHECK(!tempo("909 kick"));
  CHECK(!tempo("5bpm"));
  CHECK(!tempo("130-120bpm"));
  const auto key_of = [](const char* text) { return parse_query(text).key; };
  CHECK(key_of("8A") == Key{9, true});
  CHECK(key_of("pad 8b") == Key{0, false});
  CHECK(key_of("F# minor bass") == Key{6, true});
  CHECK(key_of("Bbm") == Key{10, true});
  CHECK(!key_of("i am a bass"));
  CHECK(!key_of("13A"));
  CHECK(!key_of("a pad"));
}

TEST_CASE("ranges are read as people write them, or not at all") {
  CHECK(range_in("3-6", 0, 10) == ValueRange{3, 6});
  CHECK(range_in("3-", 0, 10) == ValueRange{3, 10});
  CHECK(range_in("-6", 0, 10) == ValueRange{0, 6});
  CHECK(range_in("5", 0, 10) == ValueRange{5, 5});
  for (const char* bad : {"", "-", "6-3", "a-b", "3-11", "3 - 6x", "1-2-3"}) CHECK(!range_in(bad, 0, 10));
}

TEST_CASE("a question of any length asks for a bounded number of words") {
  std::string text;
  for (int i = 0; i < 5'000; ++i)
    text += std::string("w") + static_cast<char>('a' + i % 26) + static_cast<char>('a' + i / 26 % 26) + " ";
  CHECK(parse_query(text).words.size() == Query::kMostWords);
}
