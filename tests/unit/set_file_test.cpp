// Laws of pattern texts and set files: what is right is read, what is wrong gets a sentence with its line.
#include "control/stage/set_file.h"

#include "engine/core/pattern.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

std::string error_of(const std::string& text) {
  const auto set = parse_set(text, "/sets/night.toml");
  return set ? std::string("no error") : set.error().sentence;
}
std::string pattern_error(const std::string& text) {
  const auto pattern = parse_pattern(text);
  return pattern ? std::string("no error") : pattern.error().sentence;
}

}  // namespace

TEST_CASE("a pattern text is read and written back as it was meant") {
  const std::pair<const char*, const char*> cases[] = {
      {"1000", "1000"}, {"1 0 0 0", "1000"},     {"10*2", "10*2"},         {"10/3", "10/3"},
      {"1*1.5", "1*3/2"}, {"1*2/3", "1*2/3"},    {"1*4/2", "1*2"},         {"1/0.5", "1*2"},
      {"1{ v0.5 p.25r3}0 1{t-0.125 s2 a}/3 random->B:4", "1{v0.5 p0.25 r3}01{t-0.125 s2 a}/3 random ->B:4"},
      {"1 forward ->H:1", "1 ->H"}};
  for (const auto& [text, expected] : cases) {
    const auto pattern = parse_pattern(text);
    REQUIRE(pattern);
    CHECK(to_text(*pattern) == expected);
    CHECK(to_text(*parse_pattern(to_text(*pattern))) == expected);
  }
}

TEST_CASE("a malformed pattern text gets a sentence that names what is wrong") {
  const std::pair<std::string, std::string> cases[] = {{"", "no steps"},
                                                       {"102", "'2' is no step"},
                                                       {"1/0", "never play"},
                                                       {"1*", "a number must follow"},
                                                       {"1*2x", "a direction is"},
                                                       {"1*2;", "cannot stand here"},
                                                       {"10x", "'x' is no step"},
                                                       {"0{v1}", "after a hit"},
                                                       {"1{v1", "'}' is missing"},
                                                       {"1{q1}", "'q' is unknown"},
                                                       {"1{p2}", "a probability lies"},
                                                       {"1{r9}", "a ratchet is"},
                                                       {"1{t}", "must follow 't'"},
                                                       {"1 sideways", "a direction is"},
                                                       {"1 ->I", "leads to a slot"},
                                                       {"1 ->B:0", "number of rounds"},
                                                       {"1*9999999999", "nine digits"},
                                                       {"1*5000", "between"},
                                                       {std::string(5000, '1'), "more than 4096 steps"}};
  for (const auto& [text, part] : cases) {
    INFO(text);
    CHECK(pattern_error(text).find(part) != std::string::npos);
  }
}

TEST_CASE("a set is read as it is written") {
  const auto set = parse_set(R"(
version = 1
name = "Night"
autoplay = true
fade_in = 2.5
beats_per_bar = 3
folders = ["/sounds", "mine"]
[clusters]
kick = ["a.wav", "b.wav"]
[track.16]
cluster = "kick"
pattern = "100/3"
[deck.2]
loop = "l.flac"
beats = 8
play = true
[controls]
"/transport/tempo" = 133.7
"/track/3/mute" = true
"/track/4/draw" = "nearest"
)", "/sets/night.toml");
  REQUIRE(set);
  CHECK(set->name == "Night");
  CHECK(set->autoplay);
  CHECK(set->meter.beats_per_bar == 3);
  CHECK(set->folders == std::vector<std::filesystem::path>{"/sounds", "/sets/mine", "/sets"});
  REQUIRE(set->parts.tracks[15]);
  CHECK(to_text(*set->parts.tracks[15]->patterns[0]) == "100/3");
  REQUIRE(set->parts.decks[1]);
  CHECK(set->parts.decks[1]->beats == 8);
  CHECK(set->parts.decks[1]->play);
  CHECK(set->parts.controls == std::vector<std::pair<std::string, double>>{{"/track/3/mute", 1}, {"/track/4/draw", 3}, {"/transport/tempo", 133.7}});
}

TEST_CASE("whatever is wrong in a set is named by file and line, with the mend") {
  const std::pair<const char*, const char*> cases[] = {
      {"name = 3", "night.toml:1: this must be text"},
      {"\nautplay = true", "night.toml:2: unknown key \"autplay\"; did you mean \"autoplay\"?"},
      {"version = 2", "newer than this program"},
      {"autoplay = 1", "true or false"},
      {"fade_in = -1", "out of range"},
      {"name = \"a\"\nname = \"b\"", "night.toml:2"},
      {"[clusters]\nkick = []", "night.toml:2: cluster \"kick\" is empty"},
      {"[clusters]\nkick = \"a.wav\"", "must be a list"},
      {"[track.17]", "there are tracks 1 to 16"},
      {"[track.one]", "\"one\" is none"},
      {"[track.1]\npattern = \"12\"", "night.toml:2: pattern \"12\""},
      {"[track.1]\ncluster = \"kick\"", "there is no cluster \"kick\""},
      {"[deck.1]\nbeats = 4", "needs a loop"},
      {"[deck.1]\nloop = \"x\"\nbeats = 0", "out of range"},
      {"[controls]\n\"/deck/1/gian\" = 0", "did you mean \"/deck/1/gain\"?"},
      {"[controls]\n\"/deck/1/gain\" = 99", "out of range"},
      {"[controls]\n\"/deck/1/gain\" = \"loud\"", "must be a number"},
      {"[controls]\n\"/track/4/draw\" = \"neatest\"", "night.toml:2: /track/#/draw takes random, no-repeat"},
      {"[controls]\n\"/transport/panic/notes\" = 1", "is a trigger"},
      {"name = \"", "night.toml:1"}};
  for (const auto& [text, part] : cases) {
    INFO(text << " -> " << error_of(text));
    CHECK(error_of(text).find(part) != std::string::npos);
  }
}

TEST_CASE("a set that is no file says so") {
  CHECK(read_set("/nowhere/at/all.toml").error().sentence.find("cannot open") != std::string::npos);
  CHECK(read_set("/tmp").error().sentence.find("is a folder") != std::string::npos);
}
