// Laws of hearing ahead on a stage: a flow, its journal, a follower in a process of its own, the headphones.
#include "control/prehear/prehear.h"

#include <signal.h>

#include <fstream>

#include "control/flow/flow_desk.h"
#include "tests/support/loop_shelf.h"
#include "tests/support/theatre.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

/// The follower that this process has started, or 0.
pid_t follower_pid() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    std::ifstream stat(entry.path() / "stat"), command(entry.path() / "cmdline");
    int pid = 0, parent = 0;
    std::string name, state, words;
    if (!(stat >> pid >> name >> state >> parent) || parent != ::getpid()) continue;
    std::getline(command, words);
    if (words.find("prehear") != std::string::npos && state != "Z") return pid;
  }
  return 0;
}

/// A theatre with a flow and what hears it ahead. The test is the audio callback: while it renders nothing,
/// no time passes in the music, however long others take.
struct Evening {
  Evening() {
    for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{
             {"least_bars", "16"}, {"most_bars", "16"}, {"transition_bars", "1"}})
      REQUIRE(perform("/flow/setting", {std::string(name), std::string(value)}));
  }
  void quantum() {
    std::array<std::array<float, kQuantum>, 4> sound{};
    float* out[4] = {sound[0].data(), sound[1].data(), sound[2].data(), sound[3].data()};
    theatre.wires->render(out);
    for (int c = 0; c < 2; ++c) {
      const auto stem = theatre.engine.stem(Bus::loops, c);
      auto& channel = c == 0 ? decks_left : decks_right;
      channel.insert(channel.end(), stem.begin(), stem.end());
    }
    cue_left.insert(cue_left.end(), sound[2].begin(), sound[2].end());
    cue_right.insert(cue_right.end(), sound[3].begin(), sound[3].end());
  }
  /// The pause that lets music pass no faster than a clock would.
  static constexpr std::chrono::microseconds kAsAClock{5'000};
  /// Plays until it has come about, about four times as fast as a clock would: the stage keeps up.
  template <class F>
  void play_until(F done, std::chrono::microseconds pause = std::chrono::microseconds(1'300)) {
    for (int i = 0; i < 200'000 && !done(); ++i) {
      quantum();
      if (i % 8 == 7) std::this_thread::sleep_for(pause);
    }
    REQUIRE(done());
  }
  void play(double seconds) {
    const Frame end = theatre.engine.frame() + static_cast<std::int64_t>(seconds * kTheatreRate);
    play_until([&] { return theatre.engine.frame() >= end; });
  }
  /// Lets the music stand still until it has come about.
  template <class F>
  void wait_until(F done) {
    for (int i = 0; i < 30'000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    INFO(ahead().dump());
    REQUIRE(done());
  }
  Result<std::string> perform(const char* address, std::vector<ArgValue> args = {}) {
    return performed(
        desk, [this](const auto& done) { play_until(done, kAsAClock); }, address, std::move(args));
  }
  std::string refusal(const char* address) {
    const auto answer = perform(address);
    return answer ? "done" : answer.error().sentence;
  }
  Json flow() const { return desk.flow_json()["flow"]; }
  Json ahead() const { return flow()["prehear"]; }
  std::string state() const { return ahead()["state"]; }
  /// Plays no faster than a clock would until a transition waits: to load a loop takes its time.
  void play_to_a_plan() {
    play_until([&] { return waits() && !flow()["playing"].is_null(); }, kAsAClock);
  }
  bool waits() { return theatre.here().transition.phase == Snapshot::Transition::Phase::waits; }
  std::vector<std::string> sentences() {
    const std::lock_guard lock(mutex);
    return said;
  }

  Shelf shelf{{120, 121, 122, 123}};
  Theatre theatre{true};
  std::mutex mutex;
  std::vector<std::string> said;
  std::unique_ptr<LibraryKeeper> keeper = held(
      LibraryKeeper::start({shelf.file, {ENTRAIN_BAD_WORKER, "real"}, 1, {}, {}}, [](const std::string&) {}));
  KnownLoops loops{shelf.file, kTheatreRate};
  Prehear prehear{{{ENTRAIN_BAD_WORKER, "prehear"}, theatre.journal_file, kTheatreRate},
                  theatre.wires->cue_player(),
                  [this](const std::string& sentence) {
                    const std::lock_guard lock(mutex);
                    said.push_back(sentence);
                  }};
  FlowDesk desk{*theatre.stage, theatre.sounds,        *keeper, loops,
                kTheatreRate,   theatre.engine.lead(), &prehear};
  std::vector<float> decks_left, decks_right, cue_left, cue_right;
};

}  // namespace

TEST_CASE("on a stage the next transition is heard ahead in the headphones, and then so played") {
  Evening e;
  const auto first_frame = e.theatre.engine.frame() - static_cast<std::int64_t>(e.cue_left.size());
  CHECK(e.refusal("/flow/prehear") == "no flow is on; /flow/start begins one");
  CHECK(e.refusal("/flow/prehear/stop") == "nothing is heard ahead; /flow/prehear begins");
  CHECK(e.state() == "none");
  REQUIRE(e.perform("/flow/start", {std::string("loop0")}));
  e.play_to_a_plan();
  e.prehear.set_deaf([] { return std::string("there are no headphones"); });
  CHECK(e.refusal("/flow/prehear") == "there are no headphones");
  e.prehear.set_deaf({});

  REQUIRE(e.perform("/flow/prehear"));
  e.play(0.5);  // so that the journal tells what was
  REQUIRE(e.waits());
  e.wait_until([&] { return e.state() == "playing" || e.state() == "failed" || e.state() == "stale"; });
  REQUIRE(e.state() == "playing");
  const Json heard = e.ahead();
  CHECK(heard["transition"]["from"] == 1);
  CHECK(heard["transition"]["to"] == 2);
  const std::int64_t from = heard["from_frame"], ends = heard["ends_frame"], frames = heard["frames"];
  REQUIRE(from > e.theatre.engine.frame().index - kTheatreRate);
  REQUIRE(frames > ends - from);
  const std::size_t played = e.cue_left.size();  // its first frame is heard next
  e.play_until([&] { return e.theatre.engine.frame().index > ends && e.state() == "none"; });

  // What the headphones had heard after the clip's fade is what the decks then played.
  std::int64_t differ = 0, silent = 0;
  for (std::int64_t i = 8 * kQuantum; i < ends - from; ++i) {
    const auto ahead = played + static_cast<std::size_t>(i),
               then = static_cast<std::size_t>(from - first_frame.index + i);
    differ += e.cue_left[ahead] != e.decks_left[then] || e.cue_right[ahead] != e.decks_right[then];
    silent += e.cue_left[ahead] == 0;
  }
  CHECK(differ == 0);
  CHECK(silent < (ends - from) / 2);

  e.play_to_a_plan();
  REQUIRE(e.perform("/flow/prehear"));
  e.play(0.5);
  e.wait_until([&] { return e.state() == "playing" || e.state() == "failed" || e.state() == "stale"; });
  INFO(e.ahead().dump());
  REQUIRE(e.state() == "playing");
  auto producer = e.theatre.stage->make_producer();
  producer.post({id("/transport/tempo"), Grid::now, Source::osc, Frame(0), 133, {}});
  e.play(0.1);
  e.wait_until([&] { return e.state() == "stale"; });
  CHECK(e.ahead()["changed"] == "the tempo was set to 133 BPM");
  CHECK(e.ahead()["playing"] == true);
  REQUIRE(e.perform("/flow/prehear/stop"));
  e.play(0.1);
  CHECK(e.ahead()["playing"] == false);

  // Its follower dies: one sentence, and the music goes on.
  const pid_t pid = follower_pid();
  REQUIRE(pid > 0);
  REQUIRE(::kill(pid, SIGKILL) == 0);
  e.wait_until([&] { return !e.sentences().empty(); });
  CHECK(e.sentences().size() == 1);
  CHECK(e.sentences()[0].find("SIGKILL") != std::string::npos);
  CHECK(e.sentences()[0].find("the music goes on") != std::string::npos);
  const Beat before = e.theatre.here().beat;
  e.play(0.5);
  CHECK(e.theatre.here().beat > before);
  CHECK(e.perform("/flow/stop"));
  CHECK(e.state() == "none");
  e.desk.stop();
  e.prehear.end();
  e.theatre.stage.reset();
  const auto status = e.theatre.journal->stop(e.theatre.engine.frame(), e.theatre.wires->sum());
  CHECK(status.error.empty());
}
