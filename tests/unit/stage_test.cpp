// What the stage does with files, and what an undo takes back, while it plays.
#include "control/stage/set_store.h"
#include "tests/support/midi.h"
#include "tests/support/theatre.h"

using namespace entrain;
using namespace entrain::test;

namespace {

void put_midi(const std::filesystem::path& path, const std::vector<TickedNote>& notes) {
  const MidiBytes bytes = midi_file(0, 96, {midi_notes(notes)});
  put_bytes(path, std::string(bytes.begin(), bytes.end()));
}

}  // namespace

TEST_CASE("the feel of a MIDI file becomes the groove, stays in the set, and goes again", "[stage]") {
  Theatre t;
  put_midi(t.path / "swing.mid", {{0}, {30, 50}, {48}, {78, 50}});
  const auto said = t.perform("/groove/load", {"swing.mid"});
  REQUIRE(said);
  CHECK(*said == "swing.mid: 0 % of a sixteenth early to 25 % late");
  t.until([&] { return t.playing().groove != nullptr; });
  const Groove groove = *t.playing().groove;
  CHECK(groove.name == "swing.mid");
  CHECK(groove.sixteenths[1].shift == Approx(6 / 24.0));
  CHECK(groove.sixteenths[1].velocity == Approx(50 / 75.0).margin(1e-4));
  REQUIRE(t.perform("/scene/store", {"Swung"}));
  REQUIRE(t.perform("/set/save", {}));
  const auto set = read_set(t.path / "night.toml");
  REQUIRE(set);
  CHECK(set->parts.groove == groove);
  CHECK(set->scenes.back().parts.groove == groove);
  REQUIRE(t.perform("/groove/clear", {}));
  t.until([&] { return t.playing().groove == nullptr; });
  REQUIRE(t.perform("/scene/recall", {"Swung", "patterns"}));
  t.until([&] { return t.playing().groove != nullptr; });
  REQUIRE(t.perform("/undo", {}));
  t.until([&] { return t.playing().groove == nullptr; });
}

TEST_CASE("what has no feel is refused with a sentence", "[stage]") {
  Theatre t;
  put_midi(t.path / "empty.mid", {});
  CHECK(mentions(t.perform("/groove/load", {"empty.mid"}).error().sentence, "empty.mid holds no hits"));
  CHECK(mentions(t.perform("/groove/load", {"none.mid"}).error().sentence, "was not found"));
  CHECK(mentions(t.perform("/deck/3/groove", {}).error().sentence, "deck 3 is empty"));
}

TEST_CASE("the feel of a loop becomes the groove, from its file or from the deck that plays it", "[stage]") {
  Theatre t;
  std::vector<float> clicks(static_cast<std::size_t>(2 * kTheatreRate));
  for (const double beat : {0.0, 1.0, 2.05, 3.0})  // the third beat is a fifth of a sixteenth late
    for (std::size_t i = 0; i < 200; ++i)
      clicks[static_cast<std::size_t>(beat / 2 * kTheatreRate) + i] =
          (i % 2 ? -0.9f : 0.9f) / static_cast<float>(1 + i / 20);
  write_sound(t.path / "late.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, kTheatreRate, 1, clicks);
  const auto third = [&] { return t.playing().groove->sixteenths[8].shift; };
  REQUIRE(t.perform("/groove/load", {"late.wav", 4.0}));
  t.until([&] { return t.playing().groove != nullptr; });
  CHECK(third() == Approx(0.2).margin(0.04));
  REQUIRE(t.perform("/groove/clear", {}));
  REQUIRE(t.perform("/deck/2/load", {"late.wav", 4.0}));
  REQUIRE(t.perform("/deck/2/groove", {}));
  t.until([&] { return t.playing().groove != nullptr; });
  CHECK(t.playing().groove->name == "late.wav");
  CHECK(third() == Approx(0.2).margin(0.04));
}

TEST_CASE("a pattern file is loaded into what plays, and taken back with its volumes", "[stage]") {
  Theatre t;
  put_bytes(t.path / "pattern.txt", "1010 ; two\n11*2\n1000/3\n[0.5, -1, 0]\n");
  const auto said = t.perform("/patterns/load", {"pattern.txt"});
  REQUIRE(said);
  CHECK(mentions(*said, "3 patterns loaded"));
  CHECK(mentions(*said, "without a cluster, and so silent: track 3"));
  t.until([&] { return t.first_pattern() == "1010" && t.value("/track/3/gain") == -60; });
  CHECK(to_text(*t.playing().tracks[1]->patterns[0]) == "11*2");
  CHECK(t.playing().tracks[1]->cluster->name == "hat");
  CHECK(t.value("/track/1/gain") == Approx(-6.0206).epsilon(1e-4));
  CHECK(t.value("/track/2/gain") == 0);
  REQUIRE(t.perform("/undo", {}));
  t.until([&] { return t.first_pattern() == "1000" && t.value("/track/1/gain") == -10; });
  CHECK(t.value("/track/3/gain") == 0);
  REQUIRE(t.perform("/patterns/load", {"pattern.txt", "C"}));
  t.until([&] { return t.playing().tracks[0]->patterns[2] != nullptr; });
  CHECK(t.first_pattern() == "1000");
}

TEST_CASE("a pattern file that is wrong changes nothing", "[stage]") {
  Theatre t;
  put_bytes(t.path / "wrong.txt", "1020\n[1]\n");
  CHECK(
      mentions(t.perform("/patterns/load", {"wrong.txt"}).error().sentence, "wrong.txt:1: pattern \"1020\""));
  std::string many = "[1";
  for (int i = 0; i < 16; ++i) many = "1\n" + many + ", 1";
  put_bytes(t.path / "many.txt", "1\n" + many + "]\n");
  CHECK(mentions(t.perform("/patterns/load", {"many.txt"}).error().sentence, "there are 16 tracks"));
  put_bytes(t.path / "one.txt", "1\n[1]\n");
  CHECK(mentions(t.perform("/patterns/load", {"one.txt", "Z"}).error().sentence, "there is no slot \"Z\""));
  CHECK(t.first_pattern() == "1000");
}

TEST_CASE("what plays is saved as a pattern file, which says what it cannot hold", "[stage]") {
  Theatre t;
  REQUIRE(t.perform("/track/1/pattern", {"1{v0.5}001{p0.2}*2/3 backward"}));
  t.until([&] { return t.first_pattern() != "1000"; });
  const auto said = t.perform("/patterns/save", {"jam.txt"});
  REQUIRE(said);
  CHECK(mentions(*said, "saved 2 patterns to"));
  CHECK(mentions(*said, "of 2 hits only that they hit; of 1 patterns not their direction or chain"));
  CHECK(bytes_of(t.path / "jam.txt") == "1001*2/3\n0010\n[0.3162, 0.1]\n");
  CHECK(read_pattern_file(t.path / "jam.txt"));
  CHECK(mentions(t.perform("/patterns/save", {"jam.txt"}).error().sentence, "exists already"));
  CHECK(
      mentions(t.perform("/patterns/save", {"h.txt", "H"}).error().sentence, "no track has a pattern there"));
  CHECK(mentions(t.perform("/patterns/save", {"z.txt", "Z"}).error().sentence, "there is no slot \"Z\""));
}

TEST_CASE("opening a set is undone: what played, its scenes, its clusters and its file are back", "[stage]") {
  Theatre t;
  t.set("/track/5/gain", -5);
  REQUIRE(t.perform("/set/open", {"day.toml"}));
  t.until([&] { return t.playing().tracks[2] != nullptr && t.value("/track/3/gain") == -6; });
  CHECK(t.value("/track/5/gain") == 0);
  REQUIRE(t.perform("/scene/store", {"Noon"}));
  REQUIRE(t.perform("/undo", {}));  // the scene
  CHECK(t.stage->scenes().empty());
  REQUIRE(t.perform("/undo", {}));  // the set
  t.until([&] { return t.first_pattern() == "1000" && t.value("/track/5/gain") == -5; });
  CHECK(t.playing().tracks[2] == nullptr);
  CHECK(t.stage->scenes() == std::vector<std::string>{"Drop", "Hush"});
  CHECK(t.perform("/track/3/cluster", {"hat"}));
  CHECK_FALSE(t.perform("/track/3/cluster", {"tom"}));
  REQUIRE(t.perform("/set/save", {}));
  CHECK(mentions(bytes_of(t.path / "night.toml"), "\"/track/5/gain\" = -5"));
}

TEST_CASE("each change of scenes is undone", "[stage]") {
  Theatre t;
  using Names = std::vector<std::string>;
  for (const auto& [address, args] :
       std::vector<std::pair<const char*, std::vector<ArgValue>>>{{"/scene/store", {"New"}},
                                                                  {"/scene/delete", {"Drop"}},
                                                                  {"/scene/copy", {"Drop", "Drop 2"}},
                                                                  {"/scene/move", {"Drop", 2.0}},
                                                                  {"/scene/rename", {"Drop", "Bass"}}}) {
    INFO(address);
    REQUIRE(t.perform(address, args));
    CHECK(t.stage->scenes() != Names{"Drop", "Hush"});
    REQUIRE(t.perform("/undo", {}));
    CHECK(t.stage->scenes() == Names{"Drop", "Hush"});
  }
  CHECK_FALSE(t.perform("/scene/delete", {"None"}));  // what did not happen is not undone
  CHECK(mentions(t.perform("/undo", {}).error().sentence, "nothing to undo"));
}

TEST_CASE("an undo leaves alone what a hand has moved since", "[stage]") {
  Theatre t;
  REQUIRE(t.perform("/scene/recall", {"Drop"}));
  t.until([&] { return t.value("/track/1/gain") == -3 && t.value("/transport/tempo") == 140; });
  t.set("/track/1/gain", -7);
  REQUIRE(t.perform("/undo", {}));
  t.until([&] { return t.value("/transport/tempo") == 120; });
  CHECK(t.value("/track/1/gain") == -7);
}

TEST_CASE("what is stored or saved while it glides counts as arrived", "[stage]") {
  Theatre t;
  auto producer = t.stage->make_producer();
  producer.post({id("/track/1/gain"), Grid::now, Source::socket, Frame(0), -40, Beat()});
  t.until([&] { return t.value("/track/1/gain") == -40; });
  producer.post({id("/track/1/gain"), Grid::now, Source::socket, Frame(0), -6, Beat::beats(400)});
  t.until([&] { return t.value("/track/1/gain") > -39.9; });
  REQUIRE(t.perform("/scene/store", {"Risen"}));
  REQUIRE(t.perform("/set/save", {}));
  REQUIRE(t.value("/track/1/gain") < -30);
  const auto set = read_set(t.path / "night.toml");
  using Control = std::pair<std::string, double>;
  CHECK(set->parts.controls[0] == Control{"/track/1/gain", -6});
  CHECK(set->scenes.back().parts.controls[0] == Control{"/track/1/gain", -6});
}

TEST_CASE("an undo takes a loop off its deck, unless a flow has laid another there since", "[stage]") {
  Theatre t;
  const auto load = [&] {
    REQUIRE(t.perform("/deck/1/load", {"l.wav"}));
    t.until([&] { return t.playing().decks[0] != nullptr; });
  };
  load();
  CHECK(*t.perform("/undo", {}) == "done");
  t.until([&] { return t.playing().decks[0] == nullptr; });
  load();
  SetParts parts;
  const auto flows = std::make_shared<const DeckDocument>(*t.playing().decks[0]);
  parts.decks[0] = flows;
  std::atomic<bool> brought{false};
  t.stage->bring(parts, {}, [&](const auto&) { brought = true; });
  t.until([&] { return brought.load(); });
  CHECK(mentions(*t.perform("/undo", {}), "deck 1 holds another loop by now, and keeps it"));
  t.until([&] { return t.playing().decks[0] == flows; });
}
