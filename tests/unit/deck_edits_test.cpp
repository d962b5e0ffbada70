// Laws of grids mended on stage, of markers, and of the shapes of transitions.
#include "control/stage/deck_edits.h"

#include <cmath>

#include "control/flow/transition_shapes.h"
#include "tests/support/catch.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"
#include "tests/support/shapes.h"

using namespace entrain;
using namespace entrain::test;

namespace {


/// Eight beats at 120 BPM, decorated.
Loop some_loop(std::uint64_t seed) {
  Loop loop = *make_loop(make_noise(8 * 24'000, 0.1f), 8);
  decorate(loop, seed);
  return loop;
}

Performance playing(Loop loop) {
  Performance p;
  p.decks[0] =
      std::make_shared<const DeckDocument>(DeckDocument{std::make_shared<const Loop>(std::move(loop))});
  return p;
}

struct Hand {
  Result<Loop> does(const char* address, std::vector<ArgValue> args, double position, double seconds = 0) {
    const auto call = make_call(address, std::move(args));
    REQUIRE(call);
    const auto edit = deck_edit(*call, performance, kRate, position, seconds, taps);
    if (!edit) return edit.error();
    const Loop& made = *std::get<SetDeck>(*edit).document->loop;
    CHECK(lawful(made, made.asset->frames()));
    return made;
  }
  Performance performance;
  std::array<GridTaps, kDecks> taps;
};

/// Where in the sound beat `b` of the loop lies.
double place(const Loop& loop, double b) { return std::fmod(loop.source_at(b), loop.source_length()); }

}  // namespace

TEST_CASE("twice the beats: each old beat is two, everything at its place in the sound") {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    const Loop before = some_loop(seed);
    Hand hand{playing(before), {}};
    const auto doubled = hand.does("/deck/1/grid/double", {}, 0);
    REQUIRE(doubled);
    CHECK(doubled->length() == before.length() + before.length());
    for (double b = 0; b < 8; b += 0.3) CHECK(place(*doubled, 2 * b) == Approx(place(before, b)).margin(0.1));
    REQUIRE(doubled->onsets.size() == before.onsets.size());
    const auto halved = Hand{playing(*doubled), {}}.does("/deck/1/grid/halve", {}, 0);
    REQUIRE(halved);
    for (double b = 0; b < 8; b += 0.3) CHECK(place(*halved, b) == Approx(place(before, b)).margin(0.1));
    CHECK(halved->onsets.size() == before.onsets.size());
  }
  Hand slow{playing(*make_loop(make_noise(24'000, 0.1f), 1)), {}};
  REQUIRE(slow.does("/deck/1/grid/halve", {}, 0));
  Loop slower = *make_loop(make_noise(80'000, 0.1f), 1);
  CHECK_FALSE(Hand{playing(slower), {}}.does("/deck/1/grid/halve", {}, 0));
  CHECK_FALSE(Hand{Performance{}, {}}.does("/deck/1/grid/double", {}, 0));
}

TEST_CASE("this is the one: the beat that plays begins the bars, onsets and markers stay with the sound") {
  const Loop before = some_loop(3);
  Hand hand{playing(before), {}};
  const auto mended = hand.does("/deck/1/grid/one", {}, 2.1);
  REQUIRE(mended);
  CHECK(place(*mended, 0) == Approx(place(before, 2)).margin(0.1));
  CHECK(place(*mended, 3) == Approx(place(before, 5)).margin(0.1));
  REQUIRE(mended->markers[0].has_value() == before.markers[0].has_value());
  for (std::size_t m = 0; m < kMarkers; ++m)
    if (before.markers[m])
      CHECK(place(*mended, mended->markers[m]->value()) ==
            Approx(place(before, before.markers[m]->value())).margin(0.1));
}

TEST_CASE("a shift moves the grid by milliseconds of the sound") {
  const Loop before = *make_loop(make_noise(8 * 24'000, 0.1f), 8);
  const auto later = Hand{playing(before), {}}.does("/deck/1/grid/shift", {10.0}, 0);
  REQUIRE(later);
  CHECK(place(*later, 1) == Approx(24'000 + 480).margin(0.1));
  const auto earlier = Hand{playing(before), {}}.does("/deck/1/grid/shift", {-10.0}, 0);
  REQUIRE(earlier);
  CHECK(place(*earlier, 1) == Approx(24'000 - 480).margin(0.1));
  CHECK_FALSE(Hand{playing(before), {}}.does("/deck/1/grid/shift", {1e9}, 0));
}

TEST_CASE("four taps in a row move the grid under them; fewer, or with a pause, do not") {
  const Loop before = *make_loop(make_noise(8 * 24'000, 0.1f), 8);
  Hand hand{playing(before), {}};
  const double taps[] = {0.14, 1.10, 2.12, 3.12};
  for (int i = 0; i < 3; ++i) CHECK_FALSE(hand.does("/deck/1/grid/tap", {}, taps[i], i * 0.5));
  const auto mended = hand.does("/deck/1/grid/tap", {}, taps[3], 1.5);
  REQUIRE(mended);
  CHECK(place(*mended, 1) == Approx(24'000 * 1.12).margin(1));
  for (int i = 0; i < 4; ++i) CHECK_FALSE(hand.does("/deck/1/grid/tap", {}, taps[i], 10 + i * 4));
  Hand between{playing(before), {}};  // half a beat off, from either side
  for (const double tap : {0.48, 1.51, 2.53}) CHECK_FALSE(between.does("/deck/1/grid/tap", {}, tap, tap / 2));
  const auto half = between.does("/deck/1/grid/tap", {}, 3.48, 1.7);
  REQUIRE(half);
  CHECK(place(*half, 0) == Approx(24'000 * 0.5).margin(300));
}

TEST_CASE("markers are set where one says, or on the beat that plays, and taken away") {
  const Loop before = *make_loop(make_noise(8 * 24'000, 0.1f), 8);
  Hand hand{playing(before), {}};
  CHECK(hand.does("/deck/1/mark", {3.0, 2.5}, 0)->markers[2] == Beat::nearest(2.5));
  CHECK(hand.does("/deck/1/mark", {8.0}, 7.7)->markers[7] == Beat(0));
  Hand marked{playing(*hand.does("/deck/1/mark", {1.0, 4.0}, 0)), {}};
  CHECK_FALSE(marked.does("/deck/1/mark", {1.0, -1.0}, 0)->markers[0]);
  for (const double wrong : {0.0, 9.0, 1.5}) CHECK_FALSE(hand.does("/deck/1/mark", {wrong}, 0));
  CHECK_FALSE(hand.does("/deck/1/mark", {1.0, 8.0}, 0));
}

TEST_CASE(
    "every shape is lawful, whatever its length; equal power stays so, and a bass swap has one bass at a "
    "time") {
  const auto read = [](const TransitionShape::Curve& curve, Lane lane, double part) -> double {
    if (curve.empty()) return TransitionShape::neutral(lane);
    if (part <= curve.front().part) return curve.front().value;
    for (std::size_t i = 1; i < curve.size(); ++i)
      if (part <= curve[i].part) {
        const double step = curve[i].part - curve[i - 1].part;
        return step == 0 ? curve[i].value
                         : curve[i - 1].value +
                               (curve[i].value - curve[i - 1].value) * (part - curve[i - 1].part) / step;
      }
    return curve.back().value;
  };
  const auto at = [&](const TransitionShape::Curves& curves, Lane lane, double part) {
    return read(curves[static_cast<std::size_t>(lane)], lane, part);
  };
  for (const double beats : {0.25, 1.0, 3.0, 4.0, 16.0, 128.0})
    for (std::size_t k = 0; k < kTransitionKinds; ++k)
      for (const double clash : {0.0, 0.5, 1.0, 7.0}) {
        const auto kind = static_cast<TransitionKind>(k);
        const auto shape = transition_shape(kind, Beat::nearest(beats), clash);
        INFO(shape->name << " over " << beats << " beats");
        REQUIRE(lawful(*shape));
        if (kind == TransitionKind::blend || kind == TransitionKind::bass_swap)
          for (double x = 0; x <= 1; x += 0.01)
            CHECK(std::pow(at(shape->out, Lane::gain, x), 2) + std::pow(at(shape->in, Lane::gain, x), 2) ==
                  Approx(1).margin(0.002));
        if (kind == TransitionKind::bass_swap)
          for (double x = 0.005; x < 1; x += 0.01) {
            const double out = at(shape->out, Lane::gain, x) * at(shape->out, Lane::low, x);
            const double in = at(shape->in, Lane::gain, x) * at(shape->in, Lane::low, x);
            CHECK(out * out + in * in < 1.1);
            if (beats >= 4 && std::abs(x - 0.5) > 0.1) {
              CHECK(std::min(out, in) < 0.01);
              CHECK(std::max(out, in) == Approx(1).margin(0.15));
            }
          }
      }
  CHECK(lawful(*fading_shape()));
}
