// What the commands on a track write into its patterns, and the tools that make and change patterns.
#include "control/stage/track_edits.h"

#include "control/stage/pattern_tools.h"
#include "tests/support/catch.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {


/// Track 1 with patterns in A and C and three samples, of which slot C plays.
struct Desk {
  Desk() {
    Track track{std::make_shared<const Cluster>(Cluster{"c", {3, make_click()}, {}}), {}};
    track.patterns[0] = std::make_shared<const Pattern>(written_pattern("1{v0.5}010"));
    track.patterns[2] = std::make_shared<const Pattern>(written_pattern("11{t0.25}00*2 backward"));
    latest.tracks[0] = std::make_shared<const Track>(std::move(track));
  }
  Result<Edit> call(const std::string& what, std::vector<ArgValue> args) const {
    return track_edit(*make_call("/track/1/" + what, std::move(args)), latest, 2, drawn);
  }
  /// What a slot holds after a command; or the sentence that refused it.
  std::string after(char slot, const std::string& what, std::vector<ArgValue> args) const {
    const auto edit = call(what, std::move(args));
    if (!edit) return edit.error().sentence;
    Performance changed = latest;
    apply_edit(*edit, changed);
    const auto& there = changed.tracks[0]->patterns[static_cast<std::size_t>(slot - 'A')];
    return there ? to_text(*there) : "empty";
  }
  bool refuses(const std::string& why, const std::string& what, std::vector<ArgValue> args) const {
    const auto edit = call(what, std::move(args));
    return !edit && edit.error().sentence.find(why) != std::string::npos;
  }
  Performance latest;
  DrawnSteps drawn;
};

Report drew(int step, int sample, int slot) {
  Report report;
  report.step = step;
  report.sample = sample;
  report.position = static_cast<std::int16_t>(step);
  report.slot = static_cast<std::int16_t>(slot);
  return report;
}

}  // namespace

TEST_CASE("a euclidean pattern gives each hit its even share, and keeps speed and direction", "[pattern]") {
  CHECK(to_text(euclidean({}, 3, 8, 0)) == "10010010");
  CHECK(to_text(euclidean({}, 5, 8, 0)) == "10101101");
  CHECK(to_text(euclidean({}, 3, 8, 1)) == "01001001");
  CHECK(to_text(euclidean({}, 0, 4, 2)) == "0000");
  CHECK(to_text(euclidean(written_pattern("1*2 backward ->B"), 1, 2, 0)) == "10*2 backward ->B");
}

TEST_CASE("rotation goes round the end both ways, a length cuts or adds rests", "[pattern]") {
  CHECK(to_text(rotated(written_pattern("1100"), 1)) == "0110");
  CHECK(to_text(rotated(written_pattern("1100"), -1)) == "1001");
  CHECK(to_text(rotated(written_pattern("1100"), 9)) == "0110");
  CHECK(to_text(resized(written_pattern("111"), 2)) == "11");
  CHECK(to_text(resized(written_pattern("111"), 5)) == "11100");
}

TEST_CASE("variation keeps within its amount, adds to what was there, and follows its seed", "[pattern]") {
  const Pattern plain = written_pattern("1{t0.2}0111111111111111111111111111111");
  for (const double amount : {0.0, 0.5, 1.0}) {
    const Pattern varied_one = varied(plain, amount, 3);
    double most = 0, softest = 1;
    for (std::size_t i = 0; i < plain.steps.size(); ++i) {
      const Step &was = plain.steps[i], &is = varied_one.steps[i];
      CHECK(is.hits() == was.hits());
      if (!was.hits()) CHECK(is == was);
      most = std::max(most, std::abs(static_cast<double>(is.shift) - static_cast<double>(was.shift)));
      if (is.hits()) softest = std::min(softest, static_cast<double>(is.velocity));
    }
    CHECK(most <= 0.25 * amount + 1e-6);
    CHECK(most >= 0.1 * amount);
    CHECK(softest >= 1 - 0.5 * amount - 1e-6);
    CHECK(softest <= 1 - 0.3 * amount);
    CHECK(varied(plain, amount, 3) == varied_one);
    CHECK((varied(plain, amount, 4) == varied_one) == (amount == 0));
  }
}

TEST_CASE("a step's commands change their one detail, in the slot that plays unless another is named",
          "[pattern]") {
  const Desk desk;
  CHECK(desk.after('C', "step", {3.0, 0.5}) == "11{t0.25}1{v0.5}0*2 backward");
  CHECK(desk.after('C', "step", {2.0, 0.0}) == "1000*2 backward");
  CHECK(desk.after('C', "step", {2.0, 0.0}) != desk.after('C', "step", {1.0, 0.0}));
  CHECK(desk.after('A', "step", {6.0, 1.0, "A"}) == "1{v0.5}01001");
  CHECK(desk.after('A', "step/probability", {1.0, 0.25, "a"}) == "1{v0.5 p0.25}010");
  CHECK(desk.after('A', "step/ratchet", {1.0, 8.0, "1"}) == "1{v0.5 r8}010");
  CHECK(desk.after('A', "step/shift", {3.0, -0.5, "A"}) == "1{v0.5}01{t-0.5}0");
  CHECK(desk.after('A', "step/sample", {3.0, 3.0, "A"}) == "1{v0.5}01{s3}0");
  CHECK(desk.after('A', "step/sample", {3.0, 0.0, "A"}) == "1{v0.5}010");
  CHECK(desk.after('A', "step/accent", {1.0, 1.0, "A"}) == "1{v0.5 a}010");
  CHECK(desk.after('A', "step/accent", {1.0, 0.0, "A"}) == "1{v0.5}010");
  CHECK(desk.refuses("step 2 rests", "step/accent", {2.0, 1.0, "A"}));
  CHECK(desk.refuses("a sample of the cluster lies between 0 and 3", "step/sample", {1.0, 4.0}));
  CHECK(desk.refuses("lies between 1 and 8", "step/ratchet", {1.0, 9.0}));
  CHECK(desk.refuses("a velocity lies between", "step", {1.0, 1.5}));
}

TEST_CASE("a rest that is hit again begins without the details it had", "[pattern]") {
  const Desk desk;
  Performance rested = desk.latest;
  apply_edit(*desk.call("step", {2.0, 0.0}), rested);
  CHECK(rested.tracks[0]->patterns[2]->steps[1] == Step{});
}

TEST_CASE("a slot's commands write it whole", "[pattern]") {
  const Desk desk;
  CHECK(desk.after('B', "pattern", {"10*2", "B"}) == "10*2");
  CHECK(desk.after('C', "length", {2.0}) == "11{t0.25}*2 backward");
  CHECK(desk.after('C', "speed", {"/3"}) == "11{t0.25}00/3 backward");
  CHECK(desk.after('C', "speed", {"1.5"}) == "11{t0.25}00*3/2 backward");
  CHECK(desk.after('C', "direction", {"pendulum"}) == "11{t0.25}00*2 pendulum");
  CHECK(desk.after('B', "copy", {"A", "B"}) == "1{v0.5}010");
  CHECK(desk.after('C', "clear", {}) == "empty");
  CHECK(desk.after('A', "clear", {"A"}) == "empty");
  CHECK(desk.after('C', "euclid", {1.0, 2.0}) == "10*2 backward");
  CHECK(desk.after('A', "euclid", {3.0, 8.0, 1.0, "A"}) == "01001001");
  CHECK(desk.after('A', "rotate", {1.0, "A"}) == "01{v0.5}01");
  CHECK(desk.after('A', "vary", {0.0, 1.0, "A"}) == "1{v0.5}010");
  CHECK(desk.after('A', "chain", {"A", "B", 4.0}) == "1{v0.5}010 ->B:4");
  CHECK(desk.refuses("slot H is empty", "rotate", {1.0, "H"}));
  CHECK(desk.refuses("there is no slot \"9\"", "clear", {"9"}));
  CHECK(desk.refuses("a direction is", "direction", {"sideways"}));
  CHECK(desk.refuses("the number of hits", "euclid", {5.0, 4.0}));
  CHECK(desk.refuses("the rounds", "chain", {"A", "B", 0.0}));
}

TEST_CASE("a chain may be taken back, and what it leaves is written as it stands", "[pattern]") {
  Desk desk;
  apply_edit(*desk.call("chain", {"A", "B", 4.0}), desk.latest);
  CHECK(desk.after('A', "chain", {"A", "B"}) == "1{v0.5}010 ->B");
  CHECK(desk.after('A', "chain", {"A", "A"}) == "1{v0.5}010");
  apply_edit(*desk.call("chain", {"A", "A", 4.0}), desk.latest);
  const Pattern& free = *desk.latest.tracks[0]->patterns[0];
  CHECK(written_pattern(to_text(free)) == free);
}

TEST_CASE("printing locks what the hits of the pattern drew last, and nothing else", "[pattern]") {
  Desk desk;
  CHECK(desk.after('C', "print", {}) == "11{t0.25}00*2 backward");
  desk.drawn.hear(drew(0, 1, 0));
  desk.drawn.hear(drew(0, 2, 2));
  desk.drawn.hear(drew(2, 1, 2));  // a rest since
  Report by_hand = drew(1, 1, 2);
  by_hand.step = -1;
  desk.drawn.hear(by_hand);
  CHECK(desk.after('C', "print", {}) == "1{s3}1{t0.25}00*2 backward");
  CHECK(desk.drawn.printed(*desk.latest.tracks[0]->patterns[2], 0, 2).steps[2] == Step{});
  CHECK(desk.after('A', "print", {"A"}) == "1{v0.5}010");
  desk.drawn.hear(drew(2, 0, 0));
  CHECK(desk.after('A', "print", {"A"}) == "1{v0.5}01{s1}0");
}

TEST_CASE("the inverse of a groove, of a scene's parts and of a step beyond the end is what was",
          "[pattern]") {
  Performance p;
  p.tracks[1] = make_track({make_click()}, "1010");
  p.decks[0] = make_deck(make_click(48'000), 4);
  p.groove = std::make_shared<const Groove>(Groove{"g", {{0, 1}}});
  SetParts parts;
  parts.tracks[1] = nullptr;
  parts.decks[0] = nullptr;
  parts.meter = Meter{3, 5};
  for (const Edit& edit : {Edit{SetGroove{nullptr}}, Edit{parts}, Edit{SetStep{1, 0, 20, {.velocity = 1}}},
                           Edit{SetCluster{1, nullptr}}}) {
    Performance changed = p;
    apply_edit(edit, changed);
    CHECK((changed.groove != p.groove || changed.tracks != p.tracks));
    if (std::holds_alternative<SetParts>(edit)) {
      CHECK(changed.meter.beats_per_bar == 3);
      CHECK(changed.decks[0] == nullptr);
    }
    apply_edit(inverse_of(edit, p), changed);
    CHECK(changed.groove == p.groove);
    CHECK(changed.decks == p.decks);
    CHECK(changed.meter.beats_per_bar == p.meter.beats_per_bar);
    CHECK(changed.meter.bars_per_phrase == p.meter.bars_per_phrase);
    REQUIRE(changed.tracks[1]);
    CHECK(changed.tracks[1]->cluster == p.tracks[1]->cluster);
    CHECK(*changed.tracks[1]->patterns[0] == *p.tracks[1]->patterns[0]);
  }
}
