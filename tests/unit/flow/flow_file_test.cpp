// A flow that was arranged comes back from its file as it was.
#include "control/flow/flow_file.h"

#include "control/text_file.h"
#include "tests/support/catch.h"
#include "tests/support/flow_library.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr const char* kFile = "/l/night.toml";

std::string sentence_for(std::string_view text) {
  const auto file = parse_flow(text, kFile);
  REQUIRE_FALSE(file);
  return file.error().sentence;
}

FlowFile some_file() {
  FlowFile file;
  file.path = kFile;
  file.name = "Night \"one\"";
  file.settings.steps = 8;
  file.settings.least_bars = 8;
  file.settings.window_loops = 5;
  file.settings.window_minutes = 12.5;
  file.settings.transition_bars = 0.0625;
  file.settings.tempo = TempoPolicy::glide;
  file.settings.semitones = 2;
  file.settings.seed = 77;
  file.arc = {{0, 3}, {20.25, 9}};
  file.vetoes = {"/l/9.wav", "/elsewhere/x.wav"};
  file.loops = {{"/l/2.wav", Hold::pinned, 24, TransitionKind::bass_swap, 4, TempoPolicy::relax},
                {"/other/3.wav", Hold::locked, {}, {}, {}, {}},
                {"/l/deep/4.wav", Hold::kept, {}, TransitionKind::echo_out, {}, {}}};
  return file;
}

}  // namespace

TEST_CASE("a flow file is written so that it reads back as the same flow") {
  const FlowFile file = some_file();
  const std::string text = flow_text(file);
  INFO(text);
  const auto back = parse_flow(text, kFile);
  REQUIRE(back);
  CHECK(*back == file);
  CHECK(text.find("path = \"2.wav\"") != std::string::npos);
  CHECK(text.find("path = \"/other/3.wav\"") != std::string::npos);
  CHECK(text.find("transition = \"bass swap\"") != std::string::npos);
  const auto usual = parse_flow(flow_text({}), {});
  REQUIRE(usual);
  CHECK(*usual == FlowFile{});
}

TEST_CASE("a flow file is read from disk, and a missing one is a sentence") {
  const TempDir dir;
  const auto path = dir.path / "night.toml";
  REQUIRE(write_text(path, "[[loop]]\npath = \"a.wav\"\n"));
  const auto file = read_flow(path);
  REQUIRE(file);
  CHECK(file->loops.at(0).path == (dir.path / "a.wav").string());
  const auto none = read_flow(dir.path / "no.toml");
  REQUIRE_FALSE(none);
  CHECK(none.error().sentence.find("no.toml") != std::string::npos);
}

TEST_CASE("what is wrong in a flow file is said with its line and its mend") {
  CHECK(sentence_for("\nleast_bar = 4") ==
        "night.toml:2: unknown key \"least_bar\"; did you mean \"least_bars\"?");
  CHECK(sentence_for("steps = 33") == "night.toml:1: 33 is out of range: 1 to 32");
  CHECK(sentence_for("steps = 2.5") == "night.toml:1: this must be a whole number");
  CHECK(sentence_for("tempo = \"fast\"") == "night.toml:1: \"fast\" is none of: keep, relax, glide");
  CHECK(sentence_for("version = 2").find("update Entrain") != std::string::npos);
  CHECK(sentence_for("arc = [[0, 3], [1]]") == "night.toml:1: a point of the arc is [minute, energy]");
  CHECK(sentence_for("arc = [[0, 11]]") == "night.toml:1: 11 is out of range: 0 to 10");
  CHECK(sentence_for("[loop]\npath = \"a.wav\"") ==
        "night.toml:1: loops are written as [[loop]] with a path each");
  CHECK(sentence_for("[[loop]]\nbars = 4") == "night.toml:1: a loop needs a path: path = \"amen.wav\"");
  CHECK(sentence_for("[[loop]]\npath = \"a.wav\"\nhold = \"free\"").find("kept, pinned or locked") !=
        std::string::npos);
  CHECK(sentence_for("[[loop]]\npath = \"a.wav\"\ntransition = \"fade\"").find("blend, bass swap, filter") !=
        std::string::npos);
  CHECK(sentence_for("least_bars = 40") ==
        "night.toml:1: most_bars (32) is less than least_bars (40); make it at least as many");
  CHECK(sentence_for("seed = -1") == "night.toml:1: a seed is a whole number from 0");
  CHECK(sentence_for("= 3").find("night.toml:1: ") == 0);
}

TEST_CASE("an arranged flow plays as it was arranged; what is missing is left out in one sentence") {
  std::vector<Card> cards;
  for (std::int64_t id = 1; id <= 9; ++id) cards.push_back(loop_card(id, 120));
  cards[4].span = {};
  cards[1] = loop_card(2, 60);  // in half time, which the planner would not choose by itself
  const FlowLibrary library(cards);
  FlowFile file = some_file();
  file.vetoes = {"/l/9.wav"};
  file.loops = {{"/l/4.wav", Hold::pinned, 8, TransitionKind::filter, 2, {}},
                {"/l/gone.wav", Hold::pinned, {}, {}, {}, {}},
                {"/l/5.wav", Hold::pinned, {}, {}, {}, {}},
                {"/l/2.wav", Hold::kept, {}, {}, {}, {}}};
  const ArrangedFlow flow = arranged(file, library.shelf());
  CHECK(flow.left_out ==
        "night.toml: left out gone.wav (not in the library), 5.wav (no whole beats); add their folder "
        "(entrain library add FOLDER) or correct their tempo.");
  FlowRequest request = library.after(1);
  request.wishes = flow.wishes;
  request.settings = file.settings;
  const FlowPlan plan = library.plan(request);
  REQUIRE(plan.steps.size() == 8);
  CHECK(plan.steps[0].id == 4);
  CHECK(plan.steps[0].bars == 8);
  CHECK(plan.steps[0].transition == FlowTransition{TransitionKind::filter, 2});
  CHECK(plan.steps[1].id == 2);
  for (const FlowStep& step : plan.steps) CHECK(step.id != 9);
}

TEST_CASE("a flow that is saved and opened again is the same flow") {
  std::vector<Card> cards;
  for (std::int64_t id = 1; id <= 12; ++id) cards.push_back(loop_card(id, 120));
  const FlowLibrary library(cards);
  FlowRequest request = library.after(1);
  request.wishes = pinned(vetoed({}, 7), 2, 9);
  request.wishes.arc = {{0, 5}, {9, 6}};
  request.settings.least_bars = 8;
  const FlowPlan plan = library.plan(request);
  request.wishes = settled(request.wishes, plan);
  const SavedFlow written = saved(request.wishes, request.settings, library.shelf(), kFile);
  const auto read = parse_flow(flow_text(written.file), kFile);
  REQUIRE(read);
  CHECK(*read == written.file);
  FlowRequest again = library.after(1);
  again.wishes = arranged(*read, library.shelf()).wishes;
  again.settings = read->settings;
  CHECK(ids(library.plan(again)) == ids(plan));

  cards[11].path = "/l/\xFF.wav";
  const SavedFlow odd = saved(locked({}, 0, 12), {}, FlowLibrary(cards).shelf(), kFile);
  CHECK(odd.file.loops.empty());
  CHECK(odd.left_out.find("whose names are no UTF-8; rename them") != std::string::npos);
}
