// What holds for every library and every wish, as far as hundreds of random ones tell.
#include <cmath>
#include <limits>
#include <map>

#include "engine/library/trust.h"
#include "tests/support/catch.h"
#include "tests/support/flow_library.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Draws, one after another, the same for the same seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(mix_bits(seed)) {}
  std::uint32_t below(std::uint32_t n) { return draw_below(next(), n); }
  double part() { return draw_part(next()); }
  bool once_in(std::uint32_t n) { return below(n) == 0; }

 private:
  std::uint64_t next() { return state_ = mix_bits(state_); }
  std::uint64_t state_;
};

/// Any card: most of them loops, some with values that no library should hold.
Card any_card(std::int64_t id, Dice& dice) {
  constexpr std::array kTempi{90.0, 118.0, 120.0, 121.5, 124.0, 128.0, 140.0, 174.0, 60.0, 20.0, 400.0};
  Card card = loop_card(id, kTempi[dice.below(kTempi.size())], nullptr, static_cast<float>(10 * dice.part()),
                        1 << dice.below(6));
  if (!dice.once_in(4)) {
    card.key = Key{static_cast<int>(dice.below(12)), dice.once_in(2)};
    card.key_confidence = static_cast<float>(dice.part());
  }
  card.onsets_per_second = static_cast<float>(20 * dice.part());
  card.descriptors[descriptor::kShape.first + 2] = static_cast<float>(15 * dice.part());
  if (dice.once_in(5)) card.bpm_confidence = static_cast<float>(dice.part());
  if (dice.once_in(6)) card.downbeat_confidence = static_cast<float>(dice.part());
  switch (dice.below(24)) {
    case 0:
      card.bpm = 0;
      card.span = {};
      break;
    case 1:
      card.bpm = 0;
      card.span = {};
      card.hit = HitClass::snare;
      break;
    case 2:
      card.bpm = 10'000;
      card.span = {0, 0.01, 4};
      break;
    case 3:
      card.span = {3, 3, 16};
      break;
    case 4:
      card.span = {5, 1, -7};
      break;
    case 5:
      card.span = {0, 1e-300, 1 << 22};
      break;
    case 6:
      card.energy = 1e30f;
      break;
    case 7:
      card.descriptors.fill(-1e30f);
      break;
    case 8:
      card.onsets_per_second = -5;
      break;
    case 9:
      card.energy = -3;
      break;
    case 10:
      card.span = {0, 1e5, 1};
      break;
    default:
      break;
  }
  return card;
}

FlowLibrary any_library(Dice& dice, bool only_loops = false) {
  std::vector<Card> cards;
  const auto count = dice.once_in(3) ? dice.below(6) : dice.below(301);
  for (std::uint32_t k = 0; k < count; ++k)
    cards.push_back(only_loops ? loop_card(k + 1, 110 + 20 * dice.part()) : any_card(k + 1, dice));
  if (dice.once_in(10))
    for (Card& card : cards) {
      card.bpm = 0;
      card.span = {};
      card.hit = HitClass::kick;
    }
  return FlowLibrary(std::move(cards));
}

std::int64_t any_id(const FlowLibrary& library, Dice& dice) {
  const auto cards = library.shelf().cards();
  return cards.empty() || dice.once_in(20) ? 4'711
                                           : cards[dice.below(static_cast<std::uint32_t>(cards.size()))].id;
}

FlowRequest any_request(const FlowLibrary& library, Dice& dice, std::vector<Heard>& heard) {
  FlowRequest request;
  const double minute = 100 * dice.part();
  for (auto n = dice.below(30); n > 0; --n)
    heard.push_back({any_id(library, dice), minute - n * dice.part()});
  std::ranges::stable_sort(heard, {}, &Heard::minute);
  request.heard = heard;
  request.now.playing = library.shelf().card(any_id(library, dice));
  request.now.minute = minute;
  if (dice.once_in(3)) request.now.tempo = 20 + 380 * dice.part();
  request.settings.steps = 5 + static_cast<int>(dice.below(4));
  request.settings.tempo = static_cast<TempoPolicy>(dice.below(3));
  request.settings.semitones = static_cast<int>(dice.below(4));
  request.settings.window_loops = static_cast<int>(dice.below(30));
  request.settings.window_minutes = 30 * dice.part();
  request.settings.seed = dice.below(1'000);
  if (dice.once_in(3)) request.wishes.arc = {{minute, 10 * dice.part()}, {minute + 5, 10 * dice.part()}};
  if (dice.once_in(3))
    request.wishes = leaning(request.wishes, {.lean = static_cast<Lean>(dice.below(kLeans))});
  return request;
}

/// Whether a step is one that decks can play.
void check_playable(const FlowStep& s, const FlowLibrary& library) {
  const Card& card = library[s.id];
  CHECK(&library.shelf().cards()[s.index] == &card);
  for (const double value :
       {s.minute, s.bars, s.times, s.tempo, s.tempo_after, s.stretch, s.score, s.low_clash})
    REQUIRE(std::isfinite(value));
  CHECK(s.bars > 0);
  CHECK(s.times > 0);
  CHECK(s.score >= -1e-9);
  CHECK(s.score <= 1 + 1e-9);
  CHECK(s.low_clash >= 0);
  CHECK(s.low_clash <= 1);
  CHECK(s.transition.bars >= FlowSettings::kShortestTransition);
  CHECK(s.transition.bars <= std::max(FlowSettings::kShortestTransition, std::min(32.0, s.bars / 2)));
  CHECK((s.riser_bars == 0 || (s.riser_bars >= 1 && s.riser_bars <= 16)));
  CHECK((s.count == 0.5 || s.count == 1 || s.count == 2));
  CHECK(std::abs(s.semitones) <= FlowSettings::kMostSemitones);
  CHECK(!s.reasons.empty());
  // What it plays at is what it is, stretched, in half or double time.
  CHECK(s.tempo == Approx(loop_tempo(card) * s.count * (1 + s.stretch / 100)));
  if (s.riser_bars == 0) CHECK(std::abs(s.stretch) < 13.7);  // 12 % of the faster
}

/// No loop comes twice within the window, unless it is said.
void check_window(const FlowPlan& plan, const FlowRequest& request) {
  std::map<std::int64_t, std::pair<std::ptrdiff_t, double>> last;
  std::ptrdiff_t at = 0;
  for (const Heard& h : request.heard) last[h.id] = {at++, h.minute};
  const Card* playing = request.now.playing;
  if (playing && (request.heard.empty() || request.heard.back().id != playing->id))
    last[playing->id] = {at++, request.now.minute};
  for (const FlowStep& step : plan.steps) {
    if (const auto before = last.find(step.id); before != last.end()) {
      const double start = step.minute - step.riser_bars * 4 / step.tempo;
      const bool again = at - before->second.first <= request.settings.window_loops ||
                         start - before->second.second <= request.settings.window_minutes - 1e-9;
      if (again) CHECK(relaxes(step, FlowRule::repeat));
    }
    last[step.id] = {at++, step.minute};
  }
}

}  // namespace

TEST_CASE("of any library: never dry, never a repeat that is not said, always playable, always the same") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    const FlowLibrary library = any_library(dice);
    std::vector<Heard> heard;
    const FlowRequest request = any_request(library, dice, heard);
    const FlowPlan plan = library.plan(request);
    if (library.shelf().loops().empty()) {
      CHECK(plan.steps.empty());
      CHECK(plan.remarks.size() == 1);
    } else {
      CHECK(static_cast<int>(plan.steps.size()) == request.settings.steps);
    }
    for (const FlowStep& step : plan.steps) {
      check_playable(step, library);
      CHECK(trusted(library[step.id]));
    }
    check_window(plan, request);
    REQUIRE(library.plan(request) == plan);
  }
}

TEST_CASE("of any library: planning again after any wish keeps what it does not touch") {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed + 5'000);
    const FlowLibrary library = any_library(dice);
    std::vector<Heard> heard;
    FlowRequest request = any_request(library, dice, heard);
    const FlowPlan plan = library.plan(request);
    request.wishes = settled(request.wishes, plan);
    CHECK(ids(library.plan(request)) == ids(plan));
    if (plan.steps.empty()) continue;
    const FlowWishes before = request.wishes;

    const auto place = dice.below(static_cast<std::uint32_t>(plan.steps.size()));
    request.wishes = vetoed(before, plan.steps[place].id);
    for (const FlowStep& step : library.plan(request).steps) CHECK(step.id != plan.steps[place].id);
    const FlowPlan vetoed_plan = library.plan(request);
    for (std::size_t k = 0; k < place && k < vetoed_plan.steps.size(); ++k)
      if (before.slots[k].id != plan.steps[place].id) CHECK(vetoed_plan.steps[k].id == plan.steps[k].id);

    const std::int64_t id = library.shelf().cards()[library.shelf().loops()[0].index].id;
    request.wishes = pinned(before, place, id);
    const FlowPlan pinned_plan = library.plan(request);
    REQUIRE(place < pinned_plan.steps.size());
    CHECK(pinned_plan.steps[place].id == id);

    request.wishes = leaning(before, {.lean = static_cast<Lean>(dice.below(kLeans)), .like = id});
    CHECK(library.plan(request).steps[0].id == plan.steps[0].id);
  }
}

TEST_CASE("of any library: any values of wishes and settings are survived") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr std::array kValues{0.0, -1.0, 1e300, -1e300, kNan, 0.3, 77.0};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed + 9'000);
    const FlowLibrary library = any_library(dice, true);
    const auto any = [&] { return kValues[dice.below(kValues.size())]; };
    std::vector<Heard> heard;
    FlowRequest request = any_request(library, dice, heard);
    request.settings.steps = static_cast<int>(dice.below(100)) - 20;
    request.settings.least_bars = any();
    request.settings.most_bars = any();
    request.settings.window_loops = static_cast<int>(dice.below(5'000)) - 100;
    request.settings.window_minutes = any();
    request.settings.transition_bars = any();
    request.settings.semitones = static_cast<int>(dice.below(100)) - 50;
    request.now.tempo = any();
    request.now.minute = any();
    request.now.bars = any();
    request.now.bars_left = any();
    for (int k = 0; k < 6; ++k) {
      const auto place = dice.below(80);
      request.wishes = dice.once_in(2) ? pinned(request.wishes, place, any_id(library, dice))
                                       : locked(request.wishes, place, any_id(library, dice));
      if (place < request.wishes.slots.size()) {
        request.wishes.slots[place].bars = any();
        request.wishes.slots[place].transition_bars = any();
      }
    }
    request.wishes =
        leaning(request.wishes, {.lean = Lean::alike, .like = any_id(library, dice), .strength = any()});
    if (dice.once_in(2)) request.wishes = along(request.wishes, {{any(), any()}, {any(), any()}});
    const FlowPlan plan = library.plan(request);
    CHECK(plan.steps.empty() == library.shelf().loops().empty());
    for (const FlowStep& step : plan.steps) check_playable(step, library);
  }
}
