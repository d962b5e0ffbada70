// Scenes and sets while it plays.
#include <cmath>

#include "control/stage/set_store.h"
#include "control/stage/set_writer.h"
#include "tests/support/theatre.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("a scene is stored, and brings back versions and controls but what is exempt", "[scene]") {
  Theatre t;
  REQUIRE(t.perform("/scene/store", {"Start"}));
  CHECK(t.stage->scenes() == std::vector<std::string>{"Drop", "Hush", "Start"});
  REQUIRE(t.perform("/scene/recall", {"Drop"}));
  t.until([&] { return t.value("/track/1/gain") == -3 && t.first_pattern() == "1111"; });
  CHECK(t.value("/transport/tempo") == 140);
  CHECK(t.value("/track/2/gain") == -20);  // exempt
  CHECK(t.playing().tracks[1] == nullptr);
  CHECK(t.playing().tracks[0]->patterns[1] != nullptr);
  t.set("/track/1/mute", 1);
  REQUIRE(t.perform("/scene/recall", {"Start"}));
  t.until([&] {
    return t.value("/track/1/gain") == -10 && t.value("/track/1/mute") == 0 && t.first_pattern() == "1000";
  });
  CHECK(t.value("/transport/tempo") == 120);
  REQUIRE(t.perform("/undo", {}));
  t.until([&] {
    return t.value("/track/1/gain") == -3 && t.value("/track/1/mute") == 1 && t.first_pattern() == "1111";
  });
}

TEST_CASE("a partial scene moves what it names, and a recall may bring patterns or mixer alone", "[scene]") {
  Theatre t;
  REQUIRE(t.perform("/scene/recall", {"Hush"}));
  t.until([&] { return t.value("/track/1/mute") == 1; });
  CHECK(t.value("/track/1/gain") == -10);
  CHECK(t.first_pattern() == "1000");
  REQUIRE(t.perform("/scene/recall", {"Drop", "patterns"}));
  t.until([&] { return t.first_pattern() == "1111"; });
  CHECK(t.value("/track/1/gain") == -10);
  CHECK(t.value("/track/1/mute") == 1);
  REQUIRE(t.perform("/scene/recall", {"Drop", "mixer"}));
  t.until([&] { return t.value("/track/1/gain") == -3 && t.value("/track/1/mute") == 0; });
  CHECK(t.value("/transport/tempo") == 120);
  CHECK(mentions(t.perform("/scene/recall", {"Drp"}).error().sentence, "did you mean \"Drop\""));
  CHECK(mentions(t.perform("/scene/recall", {"Drop", "drums"}).error().sentence,
                 "all, patterns, decks or mixer"));
  CHECK(mentions(t.perform("/scene/recall", {"Drop", "-1"}).error().sentence, "out of range"));
}

TEST_CASE("a recall comes on its bar, version and controls together, and glides over as many as asked",
          "[scene]") {
  Theatre t;
  t.set("/transport/play", 1);
  const std::uint64_t before = t.here().epoch;
  const auto answer = t.perform("/scene/recall", {"Drop"}, Grid::bar);
  REQUIRE(answer);
  CHECK(mentions(*answer, "scene Drop, at bar "));
  // The music runs ahead of the stage here, so that each may take a later bar; but always a bar's beginning.
  std::optional<double> moved, adopted;
  t.until([&] {
    const Snapshot now = t.here();
    const double since = std::fmod(now.beat.value(), 4.0);
    if (!moved && now.values[id("/track/1/gain").index] == -3) moved = since;
    if (!adopted && now.epoch != before) adopted = since;
    return moved && adopted;
  });
  CHECK(*moved < 0.01);
  CHECK(*adopted < 0.01);
  t.until([&] { return t.value("/track/1/gain") == -3; });
  REQUIRE(t.perform("/scene/store", {"Loud"}));
  t.set("/track/1/gain", -40);
  REQUIRE(t.perform("/scene/recall", {"Loud", 2.0}));  // two bars of all
  const auto gain = [&] { return t.here().values[id("/track/1/gain").index]; };
  t.until([&] { return gain() != -40; });
  const Beat begun = t.here().beat;
  t.until([&] { return gain() == -3; });
  CHECK(std::abs((t.here().beat - begun).value() - 8) < 0.1);
}

TEST_CASE("scenes are copied, moved, renamed and deleted", "[scene]") {
  Theatre t;
  using Names = std::vector<std::string>;
  REQUIRE(t.perform("/scene/copy", {"Drop", "Drop 2"}));
  CHECK(t.stage->scenes() == Names{"Drop", "Drop 2", "Hush"});
  REQUIRE(t.perform("/scene/move", {"Drop", 3.0}));
  CHECK(t.stage->scenes() == Names{"Drop 2", "Hush", "Drop"});
  REQUIRE(t.perform("/scene/move", {"Drop", 1.0}));
  REQUIRE(t.perform("/scene/rename", {"Hush", "Shh"}));
  REQUIRE(t.perform("/scene/delete", {"Drop 2"}));
  CHECK(t.stage->scenes() == Names{"Drop", "Shh"});
  for (const auto& [address, args] :
       std::vector<std::pair<const char*, std::vector<ArgValue>>>{{"/scene/copy", {"Drop", "Shh"}},
                                                                  {"/scene/rename", {"Drop", ""}},
                                                                  {"/scene/move", {"Drop", 3.0}},
                                                                  {"/scene/delete", {"No"}},
                                                                  {"/scene/store", {""}},
                                                                  {"/scene/exempt", {"/nope"}},
                                                                  {"/scene/exempt", {"/track/1/hit"}}})
    CHECK_FALSE(t.perform(address, args));
  CHECK(t.stage->scenes() == Names{"Drop", "Shh"});
  REQUIRE(t.perform("/scene/exempt", {"/track/1/gain"}));
  REQUIRE(t.perform("/scene/recall", {"Drop"}));
  t.until([&] { return t.first_pattern() == "1111"; });
  CHECK(t.value("/track/1/gain") == -10);
}

TEST_CASE("a set that nobody changed is saved as it was written; what was changed is in it", "[scene]") {
  Theatre t;
  REQUIRE(t.perform("/set/save", {}));
  CHECK(bytes_of(t.path / "night.toml") == kNightSet);
  t.set("/track/1/gain", -12.5);
  REQUIRE(t.perform("/track/1/pattern", {"1010"}));
  REQUIRE(t.perform("/set/save", {}));
  const std::string text = bytes_of(t.path / "night.toml");
  CHECK(mentions(text, "pattern = \"1010\" # floor"));
  CHECK(mentions(text, "\"/track/1/gain\" = -12.5"));
  CHECK(mentions(text, "loop = \"gone.wav\""));  // it could not be loaded, and stays
  REQUIRE(t.perform("/set/save", {"copy"}));
  CHECK(read_set(t.path / "copy.toml")->scenes.size() == 2);
  CHECK(mentions(t.perform("/set/save", {"day.toml"}).error().sentence, "exists already"));
}

TEST_CASE("a loop on a grid of its own plays as it was saved, and is saved as it plays", "[scene]") {
  Theatre t;
  SetFile::DeckText text;
  text.loop = "l.wav";
  text.grid = {{0, 0.1}, {1, 0.35}, {4, 0.9}};
  text.one = 1.5;
  text.gain = -3.5;
  text.markers = {{1, 2}};
  text.onsets = {0, 0.5, 2.25};
  text.kicks = {0, 2};
  SetFile set;
  set.parts.decks[2] = text;
  put_bytes(t.path / "grid.toml", set_text(set));
  REQUIRE(t.perform("/set/open", {"grid.toml"}));
  t.until([&] { return t.playing().decks[2] != nullptr; });
  const Loop& loop = *t.playing().decks[2]->loop;
  CHECK(loop.one == Beat::nearest(1.5));
  CHECK(loop.kicks == std::vector{Beat(0), Beat::beats(2)});
  CHECK(loop.seam == kTheatreRate / 200);  // cut out of the middle
  REQUIRE(t.perform("/set/save", {"again"}));
  const auto saved = read_set(t.path / "again.toml");
  REQUIRE(saved);
  REQUIRE(saved->parts.decks[2]);
  CHECK(saved->parts.decks[2]->one == 1.5);
  CHECK(saved->parts.decks[2]->kicks == text.kicks);
  CHECK(saved->parts.decks[2]->onsets == text.onsets);
  CHECK(saved->parts.decks[2]->markers == text.markers);
}

TEST_CASE("another set is opened while this one plays, and a new one is empty", "[scene]") {
  Theatre t;
  t.set("/transport/play", 1);
  CHECK(mentions(t.perform("/set/open", {"none.toml"}).error().sentence, "cannot open the set"));
  REQUIRE(t.perform("/set/open", {"day.toml"}));
  t.until([&] { return t.value("/track/3/gain") == -6 && t.playing().tracks[2] != nullptr; });
  CHECK(t.playing().tracks[0] == nullptr);
  CHECK(t.playing().decks[1] != nullptr);
  CHECK(t.value("/track/1/gain") == 0);
  CHECK(t.value("/transport/play") == 1);
  CHECK(t.stage->scenes().empty());
  REQUIRE(t.perform("/track/3/cluster", {"tom"}));
  REQUIRE(t.perform("/set/new", {}));
  t.until([&] { return t.value("/track/3/gain") == 0 && t.playing().tracks[2] == nullptr; });
  CHECK(mentions(t.perform("/set/save", {}).error().sentence, "no file yet"));
  REQUIRE(t.perform("/set/save", {(t.path / "third").string()}));
  CHECK(read_set(t.path / "third.toml"));
}

TEST_CASE("what was changed and not saved waits beside the set", "[scene]") {
  Theatre t;
  t.stage.reset();
  CHECK_FALSE(autosave_waits(t.path / "night.toml"));  // nothing was changed
}

TEST_CASE("a stage that ends keeps its unsaved changes", "[scene]") {
  Theatre t;
  t.set("/track/1/gain", -7);
  t.stage.reset();
  REQUIRE(autosave_waits(t.path / "night.toml"));
  const auto set = read_autosave(t.path / "night.toml");
  REQUIRE(set);
  CHECK(set->parts.controls[0] == std::pair<std::string, double>{"/track/1/gain", -7});
}
