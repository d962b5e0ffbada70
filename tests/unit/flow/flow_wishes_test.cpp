// What the performer asks for happens, and what the wish does not touch stays.
#include <algorithm>

#include "engine/library/flow/wishes.h"
#include "tests/support/catch.h"
#include "tests/support/flow_library.h"

using namespace entrain;
using namespace entrain::test;

namespace {

using Ids = std::vector<std::int64_t>;

/// Loops that differ in energy, key, tempo and brightness, within what goes together.
std::vector<Card> varied(std::int64_t count = 40) {
  constexpr std::array kKeys{"8A", "9A", "7A", "8B"};
  std::vector<Card> cards;
  for (std::int64_t id = 1; id <= count; ++id) {
    cards.push_back(loop_card(id, 118 + static_cast<double>(id * 7 % 11) / 2,
                              kKeys[static_cast<std::size_t>(id) % 4],
                              3 + static_cast<float>(id * 5 % 9) / 2));
    cards.back().descriptors[descriptor::kBrightness.first] = 40 + static_cast<float>(id * 11 % 37);
  }
  return cards;
}

/// The playing loop 1, and the queue after it, planned once.
struct Desk {
  explicit Desk(std::vector<Card> cards = varied()) : library(std::move(cards)), request(library.after(1)) {
    replan();
  }

  const FlowPlan& replan() {
    plan = library.plan(request);
    request.wishes = settled(request.wishes, plan);
    return plan;
  }
  double mean(float Card::*value) const {
    double sum = 0;
    for (const FlowStep& step : plan.steps) sum += static_cast<double>(library[step.id].*value);
    return sum / static_cast<double>(plan.steps.size());
  }
  double brightness() const {
    double sum = 0;
    for (const FlowStep& step : plan.steps)
      sum += static_cast<double>(library[step.id].descriptors[descriptor::kBrightness.first]);
    return sum / static_cast<double>(plan.steps.size());
  }

  FlowLibrary library;
  FlowRequest request;
  FlowPlan plan;
};

}  // namespace

TEST_CASE("planning again changes nothing, and playing on moves the queue up") {
  Desk desk;
  const Ids before = ids(desk.plan);
  CHECK(ids(desk.replan()) == before);
  desk.request.settings.seed = 99;
  CHECK(ids(desk.replan()) == before);
  const std::vector<Heard> heard{{1, 0}};
  desk.request.heard = heard;
  desk.request.now.playing = &desk.library[before[0]];
  desk.request.now.minute = 0.5;
  desk.request.wishes = stepped(desk.request.wishes);
  const Ids after = ids(desk.replan());
  REQUIRE(after.size() == 5);
  CHECK(std::equal(before.begin() + 1, before.end(), after.begin()));
}

TEST_CASE("a pin puts a loop at its place and leaves those before it") {
  Desk desk;
  const Ids before = ids(desk.plan);
  std::int64_t other = 2;
  while (std::ranges::find(before, other) != before.end()) ++other;
  desk.request.wishes = pinned(desk.request.wishes, 2, other);
  const FlowPlan& plan = desk.replan();
  CHECK(plan.steps[2].id == other);
  CHECK(plan.steps[2].hold == Hold::pinned);
  CHECK(plan.steps[2].reasons[0] == "pinned here by hand");
  CHECK(plan.steps[0].id == before[0]);
  CHECK(plan.steps[1].id == before[1]);
  // A loop of the queue that is pinned elsewhere goes from where it stood.
  desk.request.wishes = pinned(desk.request.wishes, 0, before[1]);
  CHECK(desk.request.wishes.slots[1].hold == Hold::free);
  const Ids after = ids(desk.replan());
  CHECK(after[0] == before[1]);
  CHECK(after[1] != before[1]);
  CHECK(after[2] == other);
  desk.request.wishes = released(desk.request.wishes, 2);
  CHECK(desk.replan().steps[2].hold != Hold::pinned);
}

TEST_CASE("a pin stands whatever it takes, and says what") {
  auto cards = varied();
  cards.push_back(loop_card(41, 90, "2A"));
  Desk desk(std::move(cards));
  desk.request.wishes = pinned(desk.request.wishes, 1, 41);
  CHECK(desk.replan().steps[1].id == 41);
  CHECK(relaxes(desk.plan.steps[1], FlowRule::riser));
  desk.request.wishes = pinned({}, 0, 1);
  CHECK(desk.replan().steps[0].id == 1);
  CHECK(relaxes(desk.plan.steps[0], FlowRule::repeat));
}

TEST_CASE("the steps before a pin lead up to it") {
  // From 120, 126 goes on to 132, which 120 does not reach.
  Desk desk({loop_card(1, 120), loop_card(2, 120.5), loop_card(3, 126), loop_card(4, 132)});
  desk.request.settings.steps = 2;
  desk.request.settings.tempo = TempoPolicy::relax;
  desk.request.wishes = pinned({}, 1, 4);
  CHECK(ids(desk.replan()) == Ids{3, 4});
  CHECK(desk.plan.steps[1].relaxed.empty());
}

TEST_CASE("a loop that stands at a later place does not come before it") {
  Desk desk;
  const auto best = desk.plan.steps[0].id;
  desk.request.wishes = pinned({}, 3, best);
  const Ids after = ids(desk.replan());
  CHECK(after[3] == best);
  CHECK(std::ranges::count(after, best) == 1);
  CHECK(desk.plan.steps[3].relaxed.empty());
  // What was only planned for later is not taken away from there, either.
  Desk other;
  const Ids before = ids(other.plan);
  other.request.wishes = released(other.request.wishes, 0);
  other.request.wishes.skips.push_back({before[0], 0});
  const Ids again = ids(other.replan());
  CHECK(std::ranges::find(before, again[0]) == before.end());
  CHECK(std::equal(before.begin() + 2, before.end(), again.begin() + 2));
}

TEST_CASE("skip drops the next step, and it does not come back at once") {
  Desk desk;
  const Ids before = ids(desk.plan);
  desk.request.wishes = skipped(desk.request.wishes, 0);
  const Ids after = ids(desk.replan());
  CHECK(after[0] == before[1]);
  CHECK(after.size() == 5);
  CHECK(std::ranges::find(after, before[0]) == after.end());
  Desk one;  // where it would be chosen again
  one.request.settings.steps = 1;
  one.request.wishes = {};
  const auto dropped = one.replan().steps[0].id;
  one.request.wishes = skipped(one.request.wishes, 0);
  CHECK(one.replan().steps[0].id != dropped);
}

TEST_CASE("a veto takes a loop out for good; the others keep their places") {
  Desk desk;
  const Ids before = ids(desk.plan);
  desk.request.wishes = vetoed(desk.request.wishes, before[2]);
  const Ids after = ids(desk.replan());
  CHECK(after[0] == before[0]);
  CHECK(after[1] == before[1]);
  CHECK(after[2] != before[2]);
  CHECK(std::ranges::find(after, before[2]) == after.end());
  desk.request.wishes = pinned(desk.request.wishes, 0, before[2]);
  CHECK(desk.replan().steps[0].id != before[2]);
  REQUIRE(!desk.plan.remarks.empty());
  CHECK(desk.plan.remarks[0].find("is vetoed; lock it") != std::string::npos);
  for (std::int64_t id = 1; id <= 40; ++id) desk.request.wishes = vetoed(desk.request.wishes, id);
  CHECK(desk.replan().steps.empty());
  CHECK(desk.plan.remarks[0] == "Every loop of the library is vetoed; take a veto back.");
}

TEST_CASE("a lock comes although it is unchecked or vetoed; what cannot be a loop is said") {
  auto cards = varied();
  cards.push_back(loop_card(41, 121));
  cards.back().bpm_confidence = 0.1f;
  cards.push_back(some_card(42, "/pad.wav", 1));
  Desk desk(std::move(cards));
  desk.request.wishes = pinned(desk.request.wishes, 1, 41);
  CHECK(desk.replan().steps[1].id != 41);
  CHECK(desk.plan.remarks[0].find("41.wav at place 2 of the queue is unchecked") == 0);
  desk.request.wishes = locked(desk.request.wishes, 1, 41);
  CHECK(desk.replan().steps[1].id == 41);
  CHECK(relaxes(desk.plan.steps[1], FlowRule::check));
  desk.request.wishes = locked(vetoed(desk.request.wishes, 41), 1, 41);
  CHECK(relaxes(desk.replan().steps[1], FlowRule::veto));
  desk.request.wishes = locked(desk.request.wishes, 0, 42);
  CHECK(desk.replan().steps.size() == 5);
  CHECK(desk.plan.remarks[0].find("pad.wav at place 1 of the queue holds no whole beat") == 0);
  desk.request.wishes = locked(desk.request.wishes, 0, 4'711);
  CHECK(desk.replan().steps.size() == 5);
  CHECK(desk.plan.remarks[0].find("not in the library any more") != std::string::npos);
}

TEST_CASE("a step is moved to another place, and the others keep their order") {
  Desk desk;
  const Ids before = ids(desk.plan);
  FlowWishes wishes = moved(desk.request.wishes, 3, 0);
  CHECK(wishes.slots[0].id == before[3]);
  CHECK(wishes.slots[0].hold == Hold::pinned);
  for (std::size_t k = 1; k < 4; ++k) CHECK(wishes.slots[k].id == before[k - 1]);
  wishes = moved(desk.request.wishes, 0, 4);
  CHECK(wishes.slots[4].id == before[0]);
  CHECK(wishes.slots[0].id == before[1]);
  CHECK(moved(desk.request.wishes, 9, 0) == desk.request.wishes);
  desk.request.wishes = moved(desk.request.wishes, 3, 0);
  const Ids after = ids(desk.replan());
  CHECK(after[0] == before[3]);
}

TEST_CASE("stay keeps the queue waiting; the end comes when it was asked for") {
  Desk desk;
  const Ids before = ids(desk.plan);
  desk.request.wishes.stay = true;
  CHECK(desk.replan().staying);
  CHECK(ids(desk.plan) == before);
  CHECK(desk.plan.remarks.back() == "1.wav stays until you say otherwise; the queue waits.");
  desk.request.wishes.stay = false;
  desk.request.wishes.end_after = 2;
  CHECK(desk.replan().ends);
  CHECK(ids(desk.plan) == Ids(before.begin(), before.begin() + 2));
  desk.request.wishes = stepped(desk.request.wishes);
  CHECK(desk.request.wishes.end_after == 1);
  desk.request.wishes.end_after = 0;
  CHECK(desk.replan().steps.empty());
  CHECK(desk.plan.remarks == std::vector<std::string>{"The flow ends after the playing loop."});
}

TEST_CASE("darker, brighter, calmer and harder bend the queue behind the step that is announced") {
  const auto leant = [](Lean lean) {
    Desk desk;
    const auto next = desk.plan.steps[0].id;
    desk.request.wishes = leaning(desk.request.wishes, {.lean = lean});
    desk.replan();
    CHECK(desk.plan.steps[0].id == next);
    return desk;
  };
  const Desk plain;
  CHECK(leant(Lean::darker).brightness() < plain.brightness() - 2);
  CHECK(leant(Lean::brighter).brightness() > plain.brightness() + 2);
  CHECK(leant(Lean::calmer).mean(&Card::energy) < plain.mean(&Card::energy) - 0.4);
  CHECK(leant(Lean::harder).mean(&Card::energy) > plain.mean(&Card::energy) + 0.5);
  const Desk dark = leant(Lean::darker);
  bool said = false;
  for (const FlowStep& step : dark.plan.steps)
    said |= std::ranges::find(step.reasons, "darker, as wished") != step.reasons.end();
  CHECK(said);
}

TEST_CASE("faster and slower take the master's tempo along") {
  for (const auto& [lean, sign] : {std::pair{Lean::faster, 1.0}, {Lean::slower, -1.0}}) {
    Desk desk;
    desk.request.wishes = leaning(desk.request.wishes, {.lean = lean});
    const FlowPlan& plan = desk.replan();
    CHECK(sign * (plan.steps.back().tempo_after - plan.steps.front().tempo) > 1);
    CHECK(plan.steps[1].policy == TempoPolicy::glide);
  }
}

TEST_CASE("more like this brings what sounds like it") {
  auto cards = varied();
  Desk desk(cards);
  // Sounds are of three groups by their ids' remainder.
  desk.request.wishes = leaning(desk.request.wishes, {.lean = Lean::alike, .like = 9});
  desk.replan();
  int alike = 0;
  for (std::size_t k = 1; k < desk.plan.steps.size(); ++k) alike += desk.plan.steps[k].id % 3 == 0;
  CHECK(alike == 4);
  for (std::size_t k = 1; k < desk.plan.steps.size(); ++k)
    CHECK(std::ranges::any_of(desk.plan.steps[k].reasons, [](const std::string& reason) {
      return reason.starts_with("like what was pointed at (0.");
    }));
}

TEST_CASE("a lean fades over the steps, and is forgotten") {
  const FlowLean lean{.lean = Lean::darker};
  CHECK(strength_at(lean, 0) == 1);
  CHECK(strength_at(lean, 3) == Approx(0.5));
  CHECK(strength_at(lean, 6) == 0);
  FlowWishes wishes = leaning({}, lean);
  for (int k = 0; k < 3; ++k) wishes = stepped(wishes);
  CHECK(strength_at(wishes.leans.at(0), 0) == Approx(0.5));
  for (int k = 0; k < 3; ++k) wishes = stepped(wishes);
  CHECK(wishes.leans.empty());
  for (int k = 0; k < 20; ++k) wishes = leaning(wishes, lean);
  CHECK(wishes.leans.size() == FlowWishes::kMostLeans);
}

TEST_CASE("an arc is linear between its points and level beyond them") {
  const auto wishes = along({}, {{10, 8}, {0, 2}});
  CHECK(arc_energy(wishes.arc, -5) == 2);
  CHECK(arc_energy(wishes.arc, 5) == Approx(5));
  CHECK(arc_energy(wishes.arc, 10) == 8);
  CHECK(arc_energy(wishes.arc, 99) == 8);
  CHECK(!arc_energy({}, 0));
}

TEST_CASE("bars, transition and tempo policy of a place are as they were set by hand") {
  Desk desk;
  FlowSlot& slot = desk.request.wishes.slots[1];
  slot.bars = 24;
  slot.kind = TransitionKind::filter;
  slot.transition_bars = 4;
  slot.tempo = TempoPolicy::relax;
  const FlowStep step = desk.replan().steps[1];
  CHECK(step.bars == 24);
  CHECK(step.transition == FlowTransition{TransitionKind::filter, 4});
  CHECK(step.policy == TempoPolicy::relax);
  CHECK(step.reasons.size() > 2);
  desk.request.wishes.slots[1].transition_bars = 32;  // no more than half of what plays
  CHECK(desk.replan().steps[1].transition.bars == 8);
}
