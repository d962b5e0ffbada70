// Laws of the flow from files to sound: stitched offline, and on a stage while it plays.
#include "control/flow/stitch.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "control/flow/flow_desk.h"
#include "control/library/ingest.h"
#include "tests/support/loop_shelf.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"
#include "tests/support/sanitized.h"
#include "tests/support/theatre.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

StitchSpec short_loops() {
  StitchSpec spec;
  spec.config = {kRate, 1, Isa::baseline};
  spec.settings.least_bars = spec.settings.most_bars = 8;
  spec.settings.transition_bars = 2;
  spec.settings.window_loops = 3;
  spec.minutes = 1;
  return spec;
}

struct Mix {
  explicit Mix(Shelf& shelf, const StitchSpec& spec = short_loops())
      : summary(stitch(spec, shelf.finder, shelf.analysis_of(), sounds, [&](const auto& channels, Engine&) {
          left.insert(left.end(), channels[0], channels[0] + kQuantum);
          return Result<void>();
        })) {}
  WorkerPool workers{{{ENTRAIN_BAD_WORKER, "real"}, 2}};
  Sounds sounds{workers, kRate, {}};
  std::vector<float> left;
  Result<StitchSummary> summary;
};

double rms(const std::vector<float>& x, std::size_t from, std::size_t n) {
  double sum = 0;
  for (std::size_t i = from; i < from + n; ++i) sum += x[i] * x[i];
  return std::sqrt(sum / static_cast<double>(n));
}

}  // namespace

TEST_CASE("a stitched mix is one unbroken flow: on the beat, at one level, without a repeat in the window") {
  Shelf shelf({118, 120, 121, 122, 124});
  Mix mix(shelf);
  REQUIRE(mix.summary);
  const auto& cues = mix.summary->cues;
  REQUIRE(cues.size() >= 4);
  CHECK(mix.summary->late == 0);
  for (std::size_t i = 0; i < cues.size(); ++i)
    for (std::size_t j = i + 1; j < std::min(cues.size(), i + 4); ++j) CHECK(cues[i].path != cues[j].path);
  // Until the last eight bars, which fade, no half second is much quieter than the rest, and nothing clips.
  const double beat = 60 / cues[0].step.tempo;
  const auto end = static_cast<std::size_t>((cues.back().seconds + (32 - 32) * beat) * kRate);
  const double usual = rms(mix.left, kRate, end - kRate);
  for (std::size_t i = kRate; i + kRate / 2 < end; i += kRate / 2)
    CHECK(rms(mix.left, i, kRate / 2) > usual / 2.5);
  CHECK(*std::max_element(mix.left.begin(), mix.left.end()) < 1.0f);
  // Kicks fall on the beats of the first loop's tempo throughout, whoever plays.
  std::vector<double> apart;
  const double first = cues[0].seconds * kRate;
  for (int b = 1; first + b * beat * kRate < static_cast<double>(end) - kRate; ++b) {
    const auto expected = static_cast<std::int64_t>(std::llround(first + b * beat * kRate));
    apart.push_back(std::abs(static_cast<double>(rise_near(mix.left, expected) - expected)) * 1000 / kRate);
  }
  std::sort(apart.begin(), apart.end());
  INFO(apart.size() << " beats: median " << apart[apart.size() / 2] << " ms, 90 % "
                    << apart[apart.size() * 9 / 10]);
  CHECK(apart[apart.size() / 2] < 6);
  CHECK(apart[apart.size() * 9 / 10] < 12);
  for (const StitchCue& cue : cues) CHECK_FALSE(cue.step.reasons.empty());
  // Each is heard for its eight bars; the last one then fades over eight, and the room rings out.
  for (std::size_t i = 0; i < cues.size(); ++i)
    CHECK(cues[i].seconds - cues[0].seconds == Approx(static_cast<double>(i) * 32 * beat).margin(0.01));
  CHECK(mix.summary->seconds - cues.back().seconds == Approx(64 * beat + 3).margin(0.1));
  CHECK(cue_sheet("mix.wav", cues).find("TRACK 02 AUDIO") != std::string::npos);
  CHECK(stitch_log(*mix.summary).find(cues[1].path) != std::string::npos);
}

TEST_CASE("a mix has the rate of most loops that can be planned, and one the engine can have") {
  Shelf shelf({118, 120, 121, 122, 124});
  const auto& cards = shelf.finder->cards();
  std::map<std::string, int> rates;
  const auto usual = [&](std::vector<int> of) {
    for (std::size_t i = 0; i < cards.size(); ++i) rates[cards[i].path] = of[i];
    return usual_rate(cards, [&](const std::string& path) -> Result<Analysis> {
      if (rates[path] == 0) return Error{path + " is gone"};
      Analysis known;
      known.rate = rates[path];
      return known;
    });
  };
  CHECK(usual({44'100, 48'000, 44'100, 96'000, 44'100}) == 44'100);
  CHECK(usual({44'100, 96'000, 96'000, 0, 96'000}) == 96'000);
  CHECK(usual({22'050, 22'050, 22'050, 44'100, 0}) == 44'100);
  CHECK(usual({22'050, 22'050, 0, 384'000, 0}) == 48'000);
  CHECK(usual_rate({}, {}) == 48'000);
  std::vector<Card> doubtful = cards;
  for (Card& card : doubtful) card.bpm_confidence = 0.1f;
  CHECK(usual_rate(doubtful, shelf.analysis_of()) == 48'000);
}

TEST_CASE("what is known of a file holds the rate it was analysed at") {
  Shelf shelf({120});
  const auto known = shelf.analysis_of()(shelf.finder->cards()[0].path);
  REQUIRE(known);
  CHECK(known->rate == 44'100);  // the shelf's files
}

TEST_CASE("the same flow is stitched to the same samples") {
  Shelf shelf({120, 121, 122});
  StitchSpec spec = short_loops();
  spec.minutes = kSanitized ? 0.05 : 0.3;
  const Mix one(shelf, spec), two(shelf, spec);
  REQUIRE(one.summary);
  CHECK(one.left == two.left);
}

TEST_CASE("stretched by R3 a mix has the same cues and length, its kicks on the same beats, and says so") {
  Shelf shelf({118, 120, 122});
  StitchSpec spec = short_loops();
  spec.minutes = kSanitized ? 0.3 : 0.5;
  const Mix usual(shelf, spec);
  spec.finer = true;
  const Mix finer(shelf, spec);
  REQUIRE((usual.summary && finer.summary));
  CHECK(stitch_log(*usual.summary).find("as on a stage") != std::string::npos);
  CHECK(stitch_log(*finer.summary).find("R3") != std::string::npos);
  CHECK(finer.summary->seconds == usual.summary->seconds);
  REQUIRE(finer.summary->cues.size() == usual.summary->cues.size());
  CHECK(finer.left != usual.left);
  const double beat = 60 / usual.summary->cues[0].step.tempo, first = usual.summary->cues[0].seconds;
  std::vector<double> apart;
  for (int b = 1; first + b * beat < usual.summary->cues.back().seconds; ++b) {
    const auto expected = static_cast<std::int64_t>(std::llround((first + b * beat) * kRate));
    apart.push_back(std::abs(static_cast<double>(rise_near(finer.left, expected) - expected)) * 1000 / kRate);
  }
  REQUIRE(apart.size() > (kSanitized ? 15 : 30));
  std::sort(apart.begin(), apart.end());
  CHECK(apart[apart.size() / 2] < 6);
  CHECK(apart[apart.size() * 9 / 10] < 12);
}

TEST_CASE("a flow with an end is stitched as it stands: its loops in their order, then nothing") {
  Shelf shelf({118, 120, 121, 122});
  const auto& cards = shelf.finder->cards();
  StitchSpec spec = short_loops();
  spec.minutes = 1e9;
  for (const std::size_t k : {2, 0, 3})
    spec.wishes = pinned(spec.wishes, spec.wishes.slots.size(), cards[k].id);
  spec.wishes.end_after = 3;
  const Mix mix(shelf, spec);
  REQUIRE(mix.summary);
  REQUIRE(mix.summary->cues.size() == 3);
  CHECK(mix.summary->cues[0].path == cards[2].path);
  CHECK(mix.summary->cues[1].path == cards[0].path);
  CHECK(mix.summary->cues[2].path == cards[3].path);
}

TEST_CASE("one loop repeats and says so, a file that is gone is left out, and of nothing nothing is made") {
  Shelf alone({120});
  StitchSpec spec = short_loops();
  spec.minutes = kSanitized ? 0.3 : 0.6;
  const Mix repeats(alone, spec);
  REQUIRE(repeats.summary);
  REQUIRE(repeats.summary->cues.size() >= 2);
  CHECK(repeats.summary->cues[1].path == repeats.summary->cues[0].path);
  CHECK_FALSE(repeats.summary->cues[1].step.relaxed.empty());

  Shelf broken({120, 121, 122});
  fs::remove(broken.path / "loop1.wav");
  const Mix rest(broken, spec);
  REQUIRE(rest.summary);
  CHECK(rest.summary->cues.size() == repeats.summary->cues.size());
  for (const StitchCue& cue : rest.summary->cues) CHECK(cue.path.find("loop1") == std::string::npos);

  Shelf empty({120});
  fs::remove(empty.path / "loop0.wav");
  const Mix nothing(empty, spec);
  REQUIRE_FALSE(nothing.summary);
  CHECK(nothing.summary.error().sentence.find("loop0.wav") != std::string::npos);
}

TEST_CASE("on a stage a flow starts, is steered, mends grids in the library, and stops") {
  Shelf shelf({120, 121, 122, 123});
  auto thud = silence(1);
  add_kick(thud, 0.01, 0.05);
  put_old_sound(shelf.path / "thud.wav", thud);
  WorkerPool workers({{ENTRAIN_BAD_WORKER, "real"}, 1});
  held(ingest(shelf.library, workers, std::array{shelf.path}, {}));
  Theatre theatre;
  auto keeper = held(
      LibraryKeeper::start({shelf.file, {ENTRAIN_BAD_WORKER, "real"}, 1, {}, {}}, [](const std::string&) {}));
  KnownLoops loops(shelf.file, kTheatreRate);
  FlowDesk desk(*theatre.stage, theatre.sounds, *keeper, loops, kTheatreRate, theatre.engine.lead());
  // The stage runs already: commands go to the desk itself.
  const auto perform = [&](const char* address, std::vector<ArgValue> args) {
    return performed(desk, [&](const auto& done) { theatre.until(done); }, address, std::move(args));
  };
  const auto flow = [&] { return desk.flow_json()["flow"]; };
  const auto name_of = [](const Json& step) { return step["sound"]["path"].get<std::string>(); };

  CHECK_FALSE(perform("/flow/start", {std::string("nowhere.wav")}));
  CHECK_FALSE(perform("/flow/setting", {std::string("least_bars"), std::string("many")}));
  for (const char* name : {"least_bars", "most_bars"})
    REQUIRE(perform("/flow/setting", {std::string(name), std::string("4")}));
  REQUIRE(perform("/flow/setting", {std::string("transition_bars"), std::string("1")}));
  REQUIRE(perform("/flow/start", {std::string("loop2")}));
  theatre.until([&] { return theatre.here().decks[0].playing || theatre.here().decks[1].playing; });
  theatre.until([&] { return !flow()["playing"].is_null(); });
  CHECK(name_of(flow()["playing"]).find("loop2") != std::string::npos);
  REQUIRE(flow()["steps"].size() >= 3);

  const std::string next = name_of(flow()["steps"][0]);
  REQUIRE(perform("/flow/veto", {}));
  theatre.until([&] { return name_of(flow()["steps"][0]) != next; });
  const std::string pinned = next == (shelf.path / "loop0.wav").string() ? "loop1" : "loop0";
  REQUIRE(perform("/flow/pin", {pinned}));
  theatre.until([&] { return name_of(flow()["steps"][0]).find(pinned) != std::string::npos; });
  theatre.until([&] {
    return !flow()["playing"].is_null() && name_of(flow()["playing"]).find(pinned) != std::string::npos;
  });
  CHECK_FALSE(perform("/flow/layer", {std::string("loop3"), 1.0}));
  REQUIRE(perform("/flow/layer", {std::string("loop3"), 3.0, std::string("force")}));
  theatre.until([&] { return theatre.here().decks[2].playing; });
  theatre.until([&] { return theatre.value("/deck/3/under") >= 1; });
  REQUIRE(perform("/flow/layer", {std::string("thud"), 4.0, std::string("force")}));
  theatre.until([&] { return theatre.playing().decks[3] != nullptr; });
  CHECK(theatre.playing().decks[3]->loop->gain == Approx(std::pow(10, 12.0 / 20)));  // as loops are levelled

  REQUIRE(perform("/flow/stay", {}));
  CHECK(flow()["staying"] == true);

  auto mended = *held(*loops.loop(held(theatre.sounds.load((shelf.path / "loop3.wav").string())).asset));
  mended.one = Beat::beats(2);
  desk.mended(std::make_shared<const Loop>(mended));
  theatre.until([&] {
    const auto entry = held(shelf.library.find((shelf.path / "loop3.wav").string()));
    return std::abs(
               entry->analysis.beats.seconds[static_cast<std::size_t>(entry->analysis.beats.first_downbeat)] -
               2 * 60 / 123.0) < 0.01;
  });
  REQUIRE(perform("/flow/stop", {}));
  CHECK(flow()["on"] == false);
  desk.stop();
}
