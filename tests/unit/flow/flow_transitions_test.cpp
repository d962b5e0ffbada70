// How one loop goes over into the next.
#include "engine/library/flow/tempo_fit.h"
#include "engine/library/flow/transitions.h"
#include "tests/support/catch.h"
#include "tests/support/flow_library.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Below which frequencies, in Hz, a quarter, half... of the energy lie.
Card spectrum(double quarter, double half, double most, double nearly_all) {
  Card card;
  std::size_t k = descriptor::kShape.first + 2;
  for (const double hertz : {quarter, half, most, nearly_all})
    card.descriptors[k++] = static_cast<float>(std::log2(hertz));
  return card;
}

Meeting two(double energy_before, double energy) {
  Meeting m;
  m.energy_before = energy_before;
  m.energy = energy;
  m.onsets = m.onsets_before = 6;
  return m;
}

FlowTransition chosen(const Meeting& m) { return choose_transition(m).transition; }

}  // namespace

TEST_CASE("the lows of a sound are what lies below 150 Hz") {
  CHECK(low_share(spectrum(50, 80, 140, 150)) == Approx(0.95));
  CHECK(low_share(spectrum(60, 150, 2'000, 8'000)) == Approx(0.5));
  CHECK(low_share(spectrum(50, 60, 100, 120)) == 1);
  CHECK(low_share(spectrum(4'000, 6'000, 9'000, 12'000)) < 0.12);
  CHECK(low_share(Card()) == 0);
  CHECK(low_clash(0.9, 0.1) == Approx(0.1));
  CHECK(low_clash(0.6, 0.7) == Approx(0.6));
}

TEST_CASE("the kind and length of a transition come from the two sounds") {
  CHECK(chosen(two(5, 5)) == FlowTransition{TransitionKind::blend, 8});
  CHECK(chosen(two(5, 8.5)) == FlowTransition{TransitionKind::cut, 1.0 / 16});
  CHECK(chosen(two(8, 4)) == FlowTransition{TransitionKind::echo_out, 2});

  Meeting m = two(5, 5);
  m.key_step = WheelStep::none;
  CHECK(chosen(m).kind == TransitionKind::blend);  // the keys are not sure
  m.sure_key = true;
  CHECK(chosen(m) == FlowTransition{TransitionKind::echo_out, 2});
  m.key_step = WheelStep::diagonal;
  CHECK(chosen(m) == FlowTransition{TransitionKind::filter, 4});
  m.low_clash = 0.4;
  CHECK(chosen(m) == FlowTransition{TransitionKind::bass_swap, 8});

  Meeting calm = two(3, 2);
  calm.onsets = calm.onsets_before = 1;
  calm.bars = calm.bars_before = 64;
  CHECK(chosen(calm) == FlowTransition{TransitionKind::blend, 16});
  CHECK(choose_transition(calm).why == "blend over 16 bars: both are calm");
}

TEST_CASE("a transition is never longer than half of what is played") {
  for (const double bars : {0.25, 1.0, 6.0, 16.0, 300.0})
    for (const double before : {0.5, 4.0, 16.0, 300.0})
      for (const double wanted : {1.0 / 16, 3.0, 8.0, 99.0}) {
        const double length = transition_length(wanted, bars, before);
        CHECK(length >= FlowSettings::kShortestTransition);
        CHECK(length <=
              std::max({FlowSettings::kShortestTransition, std::min({bars / 2, before / 2, wanted, 32.0})}));
        CHECK(std::exp2(std::round(std::log2(length))) == length);
      }
  CHECK(transition_length(8, 16, 16) == 8);
  CHECK(transition_length(8, 4, 16) == 2);
}

TEST_CASE("lengths are said in bars and beats") {
  CHECK(bars_text(8) == "8 bars");
  CHECK(bars_text(1) == "1 bar");
  CHECK(bars_text(0.5) == "2 beats");
  CHECK(bars_text(0.25) == "1 beat");
  CHECK(bars_text(1.0 / 16) == "a quarter beat");
}

TEST_CASE("a tempo fits within a limit, half, wider, farther, or not at all") {
  CHECK(fit_tempo(120, 120, 5).level == 0);
  CHECK(fit_tempo(120, 114.1, 5).level == 0);
  CHECK(fit_tempo(120, 60, 5).level == level_of(FlowRule::half_time));
  CHECK(fit_tempo(120, 60, 5).count == 2);
  CHECK(fit_tempo(120, 240, 5).count == 0.5);
  CHECK(fit_tempo(120, 129, 5).level == level_of(FlowRule::stretch));
  CHECK(fit_tempo(120, 106, 5).level == level_of(FlowRule::far));
  CHECK(fit_tempo(120, 90, 5).level == level_of(FlowRule::riser));
  CHECK(fit_tempo(120, 90, 5).stretch == 0);
  CHECK(fit_tempo(120, 100, 20).level == 0);
  CHECK(fit_tempo(120, 125, 5).stretch == Approx(-4));
}

TEST_CASE("heavy lows on both sides swap their basses; the plan says how far they clash") {
  std::vector<Card> cards{loop_card(1, 120), loop_card(2, 120)};
  for (Card& card : cards)
    for (std::size_t k = 0; k < 4; ++k)
      card.descriptors[descriptor::kShape.first + 2 + k] = 6 + 0.2f * static_cast<float>(k);
  const FlowLibrary library(cards);
  const FlowStep step = library.plan(library.after(1)).steps.at(0);
  CHECK(step.low_clash == 1);
  CHECK(step.transition.kind == TransitionKind::bass_swap);
  CHECK(step.reasons.back() == "bass swap over 8 bars: both fill the lows");
}
