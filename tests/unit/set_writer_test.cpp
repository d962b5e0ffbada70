// Laws of writing sets: what is written reads back as the same set, and what did not change keeps its line.
#include "control/stage/set_writer.h"

#include "control/stage/set_store.h"
#include "tests/support/rig.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr const char* kNight = R"(# My night set.
version = 1
name = "Night"   # working title
folders = ["/sounds", "mine"]

[clusters]
kick = [ "a.wav",   "b.wav" ]   # both tuned
# The snare is borrowed.
snare = [
  "s 1.wav", # dry
  "s#2.wav",
]

[track.1]
cluster = "kick"
pattern = "1000 1000" # four to the floor

[track.10]
cluster = "snare"
[track.10.patterns]
A = "00001000"
C = "1{v0.5}0*2/3 pendulum ->A:2"

[deck.2]
loop = "l.flac"
beats = 8
play = true

[controls]
# loud!
"/transport/tempo" = 133.70
"/track/1/mute" = true

[[scene]]
name = "Drop" # the big one
[scene.track.1]
cluster = "kick"
pattern = "1111"
[scene.deck.1]
loop = "l.flac"
[scene.controls]
"/transport/tempo" = 140

[[scene]]
name = "Break"
partial = true
[scene.controls]
"/track/1/mute" = true
)";

SetFile read(const std::string& text, const std::string& path = "/sets/night.toml") {
  auto set = parse_set(text, path);
  INFO((set ? "" : set.error().sentence) << "\n" << text);
  REQUIRE(set);
  return *std::move(set);
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a set that is written reads back as the same set", "[set]") {
  const SetFile night = read(kNight);
  CHECK(night.scenes.size() == 2);
  CHECK(night.scenes[1].partial);
  CHECK(read(set_text(night)) == night);
  CHECK(set_text(read(set_text(night))) == set_text(night));
  const SetFile empty = read("");
  CHECK(set_text(empty) == "version = 1\n");
  SetFile odd = read(
      "name = \"\\\"\\\\\\n\\u0001 é\"\n[clusters]\n\"\" = [\"a\"]\n\"a b.c\" = "
      "[\"x\"]\n[track.3]\n[track.4]\ncluster = \"\"\n");
  CHECK(read(set_text(odd)) == odd);
}

TEST_CASE("a set that did not change keeps every byte", "[set]") {
  CHECK(woven_text(read(kNight), kNight) == kNight);
}

TEST_CASE("what changes in a set changes its own line only", "[set]") {
  SetFile set = read(kNight);
  const auto check = [&](const std::string& expected) {
    const std::string text = woven_text(set, kNight);
    CHECK(text == expected);
    CHECK(read(text) == set);
  };
  set.name = "Day";
  std::string expected =
      replaced(kNight, "name = \"Night\"   # working title", "name = \"Day\"   # working title");
  check(expected);
  set.parts.controls = {{"/deck/1/gain", -3.5}, {"/transport/tempo", 90}};
  set.parts.controls.insert(set.parts.controls.begin() + 1, {"/track/1/slot", 2});
  expected = replaced(expected, "\"/transport/tempo\" = 133.70\n\"/track/1/mute\" = true\n",
                      "\"/transport/tempo\" = 90\n\"/track/1/slot\" = \"B\"\n\"/deck/1/gain\" = -3.5\n");
  check(expected);
  set.parts.tracks[0]->patterns[0] = written_pattern("1010");
  expected = replaced(expected, "\"1000 1000\" # four", "\"1010\" # four");
  check(expected);
  set.clusters[1].samples.push_back("t.wav");
  expected = replaced(expected, "snare = [\n  \"s 1.wav\", # dry\n  \"s#2.wav\",\n]",
                      "snare = [\"s 1.wav\", \"s#2.wav\", \"t.wav\"]");
  check(expected);
  set.parts.tracks[1] = SetFile::TrackText{"kick", {written_pattern("1")}, {}};
  set.parts.decks[1].reset();
  expected = replaced(expected, "[deck.2]\nloop = \"l.flac\"\nbeats = 8\nplay = true\n\n", "");
  expected = replaced(expected, "->A:2\"\n", "->A:2\"\n\n[track.2]\ncluster = \"kick\"\npattern = \"1\"\n");
  check(expected);
  std::swap(set.scenes[0], set.scenes[1]);
  const std::string text = woven_text(set, kNight);
  CHECK(read(text) == set);
  CHECK(mentions(text, "# loud!"));
  CHECK_FALSE(mentions(text, "the big one"));  // scenes are written anew
}

TEST_CASE("a set in an unusual hand is written anew and means the same", "[set]") {
  for (const char* text :
       {"track.1.pattern = \"1\"\n", "track = { 1 = { pattern = \"1\" } }\n", "name = '''a\nb'''\n",
        "\"name\" = \"a\"\n", "[ track . 1 ]\npattern = \"1\"\n", "[track.1]\npatterns = { B = \"1\" }\n"}) {
    SetFile set = read(text);
    set.fade_in = 3;
    CHECK(read(woven_text(set, text)) == set);
  }
  CHECK(woven_text(read("name = \"a\""), "this is no set") == "version = 1\nname = \"a\"\n");
}

TEST_CASE("a set that moves still finds its sounds", "[set]") {
  const SetFile set = read(kNight);
  const SetFile moved = moved_to(set, "/elsewhere/day.toml");
  CHECK(moved.folders == std::vector<std::filesystem::path>{"/sounds", "/sets/mine", "/sets", "/elsewhere"});
  CHECK(read(woven_text(moved, kNight), "/elsewhere/day.toml") == moved);
  CHECK(moved_to(set, "/sets/day.toml").folders == set.folders);
}

TEST_CASE("what is wrong in a scene is named by its line", "[set]") {
  const std::pair<const char*, const char*> cases[] = {
      {"[[scene]]\npartial = true", "night.toml:1: a scene needs a name"},
      {"[[scene]]\nname = \"A\"\n[[scene]]\nname = \"A\"", "night.toml:3: there is a scene \"A\" already"},
      {"[scene]\nname = \"A\"", "night.toml:1: scenes are written as [[scene]]"},
      {"[[scene]]\nname = \"A\"\nbars = 3", "night.toml:3: unknown key \"bars\""},
      {"[[scene]]\nname = \"A\"\n[scene.track.1]\ncluster = \"c\"",
       "night.toml:3: there is no cluster \"c\""},
      {"[[scene]]\nname = \"A\"\n[scene.controls]\n\"/track/1/gian\" = 3",
       "night.toml:4: there is no control \"/track/1/gian\""},
      {"recall_exempt = [\"/track/1/hit\"]", "night.toml:1: \"/track/1/hit\" is a trigger"},
  };
  for (const auto& [text, part] : cases) {
    const auto set = parse_set(text, "/sets/night.toml");
    REQUIRE_FALSE(set);
    CHECK(mentions(set.error().sentence, part));
  }
}

TEST_CASE("a saved set replaces its own file and no other, and takes its autosave away", "[set]") {
  const TempDir dir;
  const auto path = dir.path / "night.toml", other = dir.path / "day.toml";
  put_bytes(path, "name = \"Night\" # mine\n");
  SetFile set = *read_set(path);
  CHECK_FALSE(autosave_waits(path));
  set.fade_in = 2;
  REQUIRE(save_autosave(set));
  CHECK(autosave_waits(path));
  CHECK(*read_autosave(path) == set);
  CHECK(bytes_of(path) == "name = \"Night\" # mine\n");
  REQUIRE(save_set(set, path));
  CHECK_FALSE(autosave_waits(path));
  CHECK(bytes_of(path) == "name = \"Night\" # mine\nfade_in = 2\n");
  put_bytes(other, "x");
  SetFile moved = moved_to(set, other), nowhere = moved_to(set, dir.path / "none" / "n.toml");
  CHECK(mentions(save_set(moved, path).error().sentence, "exists already"));
  CHECK(bytes_of(other) == "x");
  CHECK(mentions(save_set(nowhere, path).error().sentence,
                 "cannot be written"));
}

TEST_CASE("a set that somebody else changed meanwhile is not overwritten", "[set]") {
  const TempDir dir;
  const auto path = dir.path / "night.toml";
  put_bytes(path, "name = \"Night\"\n");
  SetFile set = *read_set(path);
  set.fade_in = 2;
  REQUIRE(save_set(set, path));
  set.fade_in = 3;
  REQUIRE(save_set(set, path));  // what it wrote itself is no change
  put_bytes(path, "name = \"Night and day\"\n");
  CHECK(mentions(save_set(set, path).error().sentence, "changed by another program"));
  CHECK(bytes_of(path) == "name = \"Night and day\"\n");
  SetFile copy = moved_to(set, dir.path / "mine.toml");
  CHECK(save_set(copy, path));
  std::filesystem::remove(path);
  CHECK(save_set(set, path));
}

TEST_CASE("a groove is written so that it reads back, and a bad one is named by its line", "[set]") {
  SetFile set = read("name = \"a\"\n");
  set.parts.groove = Groove{"shuffle \"x\"", std::vector<Groove::Sixteenth>(64, {0.1f / 3, 1.0f})};
  set.scenes.push_back({"Lazy", true, {}, {}});
  set.scenes[0].parts.groove = Groove{"", {{0, 1}, {-0.5f, 0.37f}}};
  CHECK(read(set_text(set)) == set);
  CHECK(read(woven_text(set, "# mine\nname = \"a\"\n")) == set);
  CHECK(mentions(set_text(set), "[scene.groove]\nshifts = [0, -0.5]\nvelocities = [1, 0.37]\n"));
  const std::pair<const char*, const char*> cases[] = {
      {"[groove]\nname = \"x\"", "night.toml:1: a groove needs \"shifts\""},
      {"[groove]\nshifts = [0, 0.6]", "night.toml:2: 0.6 is out of range"},
      {"[groove]\nshifts = [0, 0]\nvelocities = [1]", "the groove has 2 shifts but 1 velocities"},
      {"[groove]\nswing = 3", "unknown key \"swing\""},
  };
  for (const auto& [text, part] : cases) CHECK(mentions(parse_set(text, "/sets/night.toml").error().sentence, part));
}

TEST_CASE("a deck keeps the grid, level, markers, onsets and kicks of its loop, and a bad grid is named by its line", "[set]") {
  SetFile set = read("name = \"a\"\n");
  SetFile::DeckText deck;
  deck.loop = "l.flac";
  deck.grid = {{0, 0.1}, {1, 0.6 + 1.0 / 3}, {16, 8.25}};
  deck.one = 2.5;
  deck.gain = -3.7;
  deck.markers = {{1, 4}, {8, 15.5}};
  deck.onsets = {0, 0.5, 1 + 1.0 / 3};
  deck.kicks = {0, 4};
  set.parts.decks[1] = deck;
  CHECK(read(set_text(set)) == set);
  CHECK(read(woven_text(set, "# mine\nname = \"a\"\n")) == set);
  const std::pair<const char*, const char*> cases[] = {
      {"[deck.1]\nloop = \"l\"\ngrid = [[0, 1]]", "night.toml:3: a grid has two points or more"},
      {"[deck.1]\nloop = \"l\"\ngrid = [[1, 1], [2, 2]]", "the first at beat 0"},
      {"[deck.1]\nloop = \"l\"\ngrid = [[0, 1], [2, 1]]", "rise, in beats and in seconds"},
      {"[deck.1]\nloop = \"l\"\ngrid = [[0, 1], [2]]", "a point of a grid is [beats, seconds]"},
      {"[deck.1]\nloop = \"l\"\nbeats = 4\ngrid = [[0, 1], [2, 2]]", "either \"beats\" or a \"grid\""},
      {"[deck.1]\nloop = \"l\"\nmarkers = { 9 = 1 }", "there are markers 1 to 8"},
      {"[deck.1]\nloop = \"l\"\nkicks = [1, 1]", "night.toml:3: these beats rise"},
  };
  for (const auto& [text, part] : cases) CHECK(mentions(parse_set(text, "/sets/night.toml").error().sentence, part));
}
