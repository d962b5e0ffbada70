// Laws of the conductor: one loop after the other, on its line, by transitions the engine runs.
#include "control/flow/conductor.h"

#include <complex>
#include <numbers>

#include "control/stage/versions.h"
#include "tests/support/catch.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {


FlowPart part(std::uint64_t tag, TransitionKind kind = TransitionKind::blend) {
  FlowPart p;
  p.tag = tag;
  p.loop = make_loop(make_noise(4 * 24'000, 0.1f, tag), 4);
  p.plays = Beat::beats(16);
  p.kind = kind;
  p.crossing = Beat::beats(4);
  return p;
}

/// An engine and what brings it versions.
struct Podium {
  void run_to(double beat) {
    Snapshot now = rig.snapshot();
    while (!now.running || now.beat < Beat::nearest(beat)) {
      if (versions.follow(now)) offer(versions.make_schedule());
      const auto act = conductor.follow(now, next ? &*next : nullptr);
      if (act.parts) {
        REQUIRE(versions.add(Edit{*act.parts}, Beat(0), Grid::now));
        offer(versions.make_schedule());
        if (!now.running) rig.post("/transport/play", 1);
      }
      rig.events.insert(rig.events.end(), act.events.begin(), act.events.end());
      rig.run(8 * kQuantum);
      now = rig.snapshot();
    }
  }
  void offer(const Schedule& schedule) {
    rig.schedule({schedule.entries.begin(), schedule.entries.begin() + schedule.count}, schedule.serial);
  }
  bool plays(int deck) const { return rig.snapshot().decks[static_cast<std::size_t>(deck - 1)].playing; }
  double tempo() const { return rig.snapshot().tempo; }

  Versions versions{Performance{}};
  Rig rig;
  Conductor conductor{Meter{}, kRate, 3 * rig.engine.lead()};
  std::optional<FlowPart> next;
};

}  // namespace

TEST_CASE("a flow begins with the beat, and each loop comes in when the one before has played its length") {
  Podium p;
  p.next = part(1);
  p.run_to(4);
  CHECK(p.conductor.playing() == 1);
  CHECK(p.conductor.heard_from() == Beat(0));
  CHECK(p.plays(1));
  p.next = part(2);
  p.run_to(15.9);
  CHECK(p.conductor.coming() == 2);
  CHECK_FALSE(p.plays(2));
  p.run_to(18);
  CHECK((p.plays(1) && p.plays(2)));
  p.run_to(21);
  CHECK(p.conductor.playing() == 2);
  CHECK(p.conductor.heard_from() == Beat::beats(16));
  CHECK((!p.plays(1) && p.plays(2)));
  p.next = part(3, TransitionKind::echo_out);
  p.run_to(31.5);  // under way since 28: the coming deck is heard at 32
  CHECK((p.plays(1) && p.plays(2)));
  p.run_to(33);
  CHECK(p.conductor.playing() == 3);
  CHECK(p.conductor.heard_from() == Beat::beats(32));
  CHECK(p.rig.snapshot().late == 0);
  CHECK(p.rig.snapshot().missed == 0);
}

TEST_CASE("until it has begun another part takes the place of the next, and none is put off to a phrase") {
  Podium p;
  p.next = part(1);
  p.run_to(2);
  p.next = part(2);
  p.run_to(6);
  p.next = part(3);
  p.run_to(10);
  p.next.reset();
  p.run_to(25);
  CHECK((p.plays(1) && !p.plays(2)));
  CHECK(p.conductor.coming() == 0);
  p.next = part(4);
  p.run_to(31.9);
  CHECK_FALSE(p.plays(2));
  p.run_to(37);
  CHECK(p.conductor.playing() == 4);
  CHECK(p.conductor.heard_from() == Beat::beats(32));
}

TEST_CASE("in a bass swap the lows below 150 Hz are one deck's or the other's, at their level throughout") {
  constexpr double kFirst = 55, kSecond = 70;  // Hz
  const auto tone = [](std::uint64_t tag, double hertz) {
    FlowPart p = part(tag, TransitionKind::bass_swap);
    p.loop = make_loop(make_sine(4 * 24'000, hertz / kRate, 0.2f), 4);
    return p;
  };
  Podium p;
  p.next = tone(1, kFirst);
  p.run_to(4);
  p.next = tone(2, kSecond);
  p.run_to(22);
  // Fifths of a second hold whole periods of both.
  constexpr int kWindow = kRate / 5;
  const auto level = [&](double hertz, std::size_t from) {
    std::complex<double> sum;
    for (std::size_t i = 0; i < kWindow; ++i)
      sum += static_cast<double>(p.rig.left[from + i]) *
             std::polar(1.0, -2 * std::numbers::pi * hertz / kRate * static_cast<double>(i));
    return 2 * std::abs(sum) / kWindow / 0.2;
  };
  const auto power = [&](std::size_t from) {
    double sum = 0;
    for (std::size_t i = 0; i < kWindow; ++i)
      sum += std::pow(static_cast<double>(p.rig.left[from + i]) / 0.2, 2);
    return 2 * sum / kWindow;
  };
  const auto end = p.rig.left.size();
  int both = 0;
  for (std::size_t from = end - 8 * 24'000; from + kWindow <= end; from += kWindow / 2) {
    const double first = level(kFirst, from), second = level(kSecond, from);
    CHECK(10 * std::log10(power(from)) == Approx(0).margin(1));
    both += first > 0.1 && second > 0.1;
  }
  CHECK(level(kFirst, end - 8 * 24'000) > 0.9);
  CHECK(level(kSecond, end - kWindow) > 0.9);
  CHECK(both <= 3);  // windows that hold the swap
}

TEST_CASE("what is taken back by hand is refused, and what plays, plays on") {
  Podium p;
  p.next = part(1);
  p.run_to(4);
  p.next = part(2);
  p.run_to(17);
  p.rig.post("/transition/abort", 1);
  p.run_to(19);
  CHECK(p.conductor.refused() == 2);
  CHECK(p.conductor.playing() == 1);
  p.next = part(3);
  p.run_to(38);
  CHECK(p.conductor.playing() == 3);
}

TEST_CASE("tempi: at once with the first loop, over the transition, and back to the loop's own after it") {
  Podium p;
  p.next = part(1);
  p.next->tempo = 126;
  p.next->tempo_at_once = true;
  p.run_to(1);
  CHECK(p.tempo() == Approx(126));
  p.next = part(2);
  p.next->tempo = 130;
  p.run_to(15.9);
  CHECK(p.tempo() == Approx(126));
  p.run_to(18);
  CHECK(p.tempo() == Approx(128).margin(0.3));
  p.run_to(21);
  CHECK(p.tempo() == Approx(130));
  p.next = part(3);
  p.next->relaxes_to = 120;
  p.run_to(35.5);
  CHECK(p.tempo() == Approx(130));
  p.run_to(36.5 + 32);
  CHECK(p.tempo() == Approx(120).margin(0.2));
}

TEST_CASE("a flow takes over from the deck that plays, and ends in a fade to nothing") {
  Podium p;
  Performance set;
  set.decks[0] = make_deck(make_noise(4 * 24'000, 0.1f), 4);
  REQUIRE(p.versions.add(Edit{SetDeck{0, set.decks[0]}}, Beat(0), Grid::now));
  p.offer(p.versions.make_schedule());
  p.rig.post("/deck/1/play", 1);
  p.rig.play();
  p.run_to(2.5);
  p.next = part(5);
  p.run_to(9);
  CHECK(p.conductor.playing() == 5);
  CHECK(p.conductor.heard_from() == Beat::beats(4));
  CHECK((!p.plays(1) && p.plays(2)));
  FlowPart end;
  end.tag = 9;
  end.crossing = Beat::beats(4);
  p.next = end;
  p.run_to(26);
  CHECK(p.conductor.playing() == 9);
  CHECK((!p.plays(1) && !p.plays(2)));
}

TEST_CASE("a riser leads up to the line on which a loop of another tempo is heard") {
  Podium p;
  p.next = part(1);
  p.run_to(4);
  p.next = part(2, TransitionKind::cut);
  p.next->crossing = Beat::nearest(0.25);
  p.next->riser = FlowRiser{Beat::beats(8), 1, 9, false};
  p.rig.post("/bridge/kind", 3);
  p.rig.post("/bridge/bars", 0.5);
  p.next->tempo = 140;
  p.next->tempo_at_once = true;
  const auto loudest = [&](double from, double to) {
    const std::size_t begin = p.rig.left.size();
    p.run_to(to);
    static_cast<void>(from);
    float most = 0;
    for (std::size_t i = begin; i < p.rig.left.size(); ++i) most = std::max(most, std::abs(p.rig.left[i]));
    return most;
  };
  p.rig.post("/group/2/mute", 1);  // the loops: only the riser is heard
  p.run_to(6);
  CHECK(loudest(6, 7.9) < 0.001f);
  const auto control = [&](const char* address) { return p.rig.snapshot().values[id(address).index]; };
  p.run_to(7.9);
  CHECK((control("/bridge/kind") == 1 && control("/bridge/bars") == 2));
  CHECK((control("/bridge/root") == 9 && control("/bridge/mode") == 0));
  p.rig.post("/bridge/root", 4);  // a hand's: it stays
  CHECK(loudest(9, 15.9) > 0.02f);
  CHECK((control("/bridge/kind") == 3 && control("/bridge/bars") == 0.5));
  CHECK((control("/bridge/root") == 4 && control("/bridge/mode") == 1));
  p.run_to(17);
  CHECK(p.tempo() == Approx(140));
  CHECK(p.conductor.playing() == 2);
}

TEST_CASE("when the beat stops and starts again, the flow goes on with what played") {
  Podium p;
  p.next = part(1);
  p.run_to(4);
  p.next = part(2);
  p.run_to(21);
  REQUIRE(p.conductor.playing() == 2);
  p.next = part(3);
  p.run_to(24);
  p.rig.post("/transport/play", 0);
  const auto stand = [&] {
    for (int i = 0; i < 20; ++i) {
      const Snapshot now = p.rig.snapshot();
      if (p.versions.follow(now)) p.offer(p.versions.make_schedule());
      const auto act = p.conductor.follow(now, &*p.next);
      if (act.parts && p.versions.add(Edit{*act.parts}, Beat(0), Grid::now))
        p.offer(p.versions.make_schedule());
      p.rig.run(8 * kQuantum);
    }
  };
  stand();
  CHECK_FALSE(p.rig.snapshot().running);
  CHECK(p.conductor.playing() == 2);
  p.rig.play();
  p.run_to(15);
  CHECK((!p.plays(1) && p.plays(2)));
  p.run_to(21);
  CHECK(p.conductor.playing() == 3);
  CHECK(p.conductor.heard_from() == Beat::beats(16));
}
