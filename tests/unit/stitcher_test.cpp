// Laws of the stitcher: a transition begins on its beat, follows its curves, ends, and can be taken back.
#include "engine/units/stitcher.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include "tests/support/catch.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"
#include "tests/support/rig.h"
#include "tests/support/shapes.h"

using namespace entrain;
using namespace entrain::test;

namespace {

using Phase = Snapshot::Transition::Phase;

std::shared_ptr<const DeckDocument> noise_deck(std::uint64_t seed) {
  return make_deck(make_noise(16 * kBeat, 0.2f, seed), 16);
}

/// Deck 1 plays; deck 2 is loaded, and to come in at beat 8 over 8 beats.
struct Handover {
  explicit Handover(std::shared_ptr<const DeckDocument> one = noise_deck(1),
                    std::shared_ptr<const DeckDocument> two = noise_deck(2)) {
    performance.epoch = 1;
    performance.decks = {std::move(one), std::move(two), nullptr, nullptr};
    performance.transition = std::make_shared<const Transition>(
        Transition{7, 0, 1, Beat::beats(8), Beat::beats(8), Beat(0), equal_power()});
    rig.load(performance);
    rig.post("/deck/1/play", 1);
    zero = rig.play();
  }
  void run_to(double beats) {
    rig.run(zero.index + static_cast<std::int64_t>(beats * kBeat) - rig.engine.frame().index);
  }
  double rms(double from, double to) const {
    double sum = 0;
    const std::int64_t begin = at(from), end = at(to);
    for (std::int64_t i = begin; i < end; ++i) sum += std::pow(rig.left[static_cast<std::size_t>(i)], 2);
    return std::sqrt(sum / static_cast<double>(end - begin));
  }
  std::int64_t at(double beats) const {
    return zero.index + static_cast<std::int64_t>(beats * kBeat) + rig.engine.latency();
  }
  Snapshot::Transition now() const { return rig.snapshot().transition; }
  bool plays(int deck) const { return rig.snapshot().decks[static_cast<std::size_t>(deck - 1)].playing; }
  Frame launched(int deck) const {
    for (const Report& r : rig.reports)
      if (r.what == Report::What::launch && r.unit == deck - 1) return r.frame;
    return Frame(-1);
  }
  Performance performance;
  Rig rig;
  Frame zero;
};

}  // namespace

TEST_CASE(
    "a transition launches the coming deck on its beat, follows its curves and stops the one that goes") {
  Handover h;
  h.run_to(7.5);
  CHECK(h.now().phase == Phase::waits);
  CHECK_FALSE(h.plays(2));
  h.run_to(12);
  CHECK(h.launched(2) == h.zero + 8 * kBeat);
  CHECK(h.now().phase == Phase::runs);
  CHECK(h.now().part == Approx(0.5).margin(0.001));
  CHECK((h.plays(1) && h.plays(2)));
  CHECK(h.rig.snapshot().values[id("/deck/2/play").index] == 1);
  h.run_to(18);
  CHECK(h.now().phase == Phase::done);
  CHECK((!h.plays(1) && h.plays(2)));
  CHECK(h.rig.snapshot().values[id("/deck/1/play").index] == 0);
  CHECK(h.rig.snapshot().late == 0);
}

TEST_CASE("across an equal-power transition of unlike material the level stays within 1 dB") {
  Handover h;
  h.run_to(20);
  const double before = h.rms(4, 7.5);
  for (double beat = 7; beat < 18; beat += 0.5) {
    INFO(beat << ": " << 20 * std::log10(h.rms(beat, beat + 0.5) / before) << " dB");
    CHECK(std::abs(20 * std::log10(h.rms(beat, beat + 0.5) / before)) < 1);
  }
}

TEST_CASE("the coming deck begins where the plan enters its loop") {
  Handover h(noise_deck(1), make_deck(clicks_on({5}, 8), 8));
  Performance later = h.performance;
  later.epoch = 2;
  later.transition = std::make_shared<const Transition>(
      Transition{9, 0, 1, Beat::beats(8), Beat::beats(1), Beat::beats(3), equal_power()});
  h.run_to(2);
  h.rig.schedule({{Beat(0), Grid::now, &later}});
  h.run_to(20);
  // Beat 5 of the loop sounds 2 beats after its entry at beat 3 of it.
  CHECK(std::abs(rise_near(h.rig.left, h.at(10)) - h.at(10)) < 100);
  CHECK(h.rig.snapshot().late == 0);
}

TEST_CASE("go begins the transition at the next bar") {
  Handover h;
  h.run_to(2.5);
  h.rig.post("/transition/go", 1, Grid::bar);
  h.run_to(5);
  CHECK(h.launched(2) == h.zero + 4 * kBeat);
  CHECK(h.now().phase == Phase::runs);
  CHECK(h.now().start == Beat::beats(4));
  h.run_to(12.5);
  CHECK(h.now().phase == Phase::done);
}

TEST_CASE("an abort goes back within a beat, and one before the beginning cancels") {
  Handover h;
  h.run_to(11);
  h.rig.post("/transition/abort", 1);
  h.run_to(11.2);
  CHECK(h.now().phase == Phase::returns);
  h.run_to(14);
  CHECK(h.now().phase == Phase::aborted);
  CHECK((h.plays(1) && !h.plays(2)));
  CHECK(h.rms(13, 13.9) == Approx(h.rms(4, 7.5)).epsilon(0.03));

  Handover cancelled;
  cancelled.run_to(4);
  cancelled.rig.post("/transition/abort", 1);
  cancelled.run_to(14);
  CHECK(cancelled.now().phase == Phase::aborted);
  CHECK((cancelled.plays(1) && !cancelled.plays(2)));
}

TEST_CASE(
    "the fader scrubs: nothing happens before it is lifted, it goes both ways, and at its end all is done") {
  Handover h;
  h.run_to(1);
  h.rig.post("/transition/hand", 1);
  h.run_to(13);
  CHECK(h.now().phase == Phase::waits);
  h.rig.post("/transition/fader", 0.3);
  h.run_to(15);
  CHECK(h.now().phase == Phase::runs);
  CHECK(h.launched(2) == h.zero + 14 * kBeat);
  CHECK(h.now().part == Approx(0.3).margin(0.001));
  h.run_to(40);
  CHECK(h.now().part == Approx(0.3).margin(0.001));
  h.rig.post("/transition/fader", 0.1);
  h.run_to(41);
  CHECK(h.now().part == Approx(0.1).margin(0.001));
  h.rig.post("/transition/hand", 0);
  h.run_to(42);
  CHECK(h.now().part == Approx(0.1 + 1.0 / 8).margin(0.01));
  h.rig.post("/transition/hand", 1);
  h.rig.post("/transition/fader", 1);
  h.run_to(44);
  CHECK(h.now().phase == Phase::done);
  CHECK((!h.plays(1) && h.plays(2)));
}

TEST_CASE("a transition that is planned too late takes the next bar, and one whose beat stops is over") {
  Handover h;
  h.performance.transition = nullptr;
  Performance late = h.performance, none = h.performance;
  none.epoch = 2;
  h.rig.schedule({{Beat(0), Grid::now, &none}});
  h.run_to(8.97);
  late.epoch = 3;
  late.transition = std::make_shared<const Transition>(
      Transition{8, 0, 1, Beat::beats(9), Beat::beats(4), Beat(0), equal_power()});
  h.rig.schedule({{Beat(0), Grid::now, &late}});
  h.run_to(13);
  CHECK(h.launched(2) == h.zero + 12 * kBeat);
  h.rig.post("/transport/play", 0);
  h.run_to(14);
  CHECK(h.now().phase == Phase::done);
  CHECK((!h.plays(1) && !h.plays(2)));
  h.rig.play();
  h.run_to(18);
  CHECK((!h.plays(1) && h.plays(2)));
}

TEST_CASE(
    "curves of bands, filter and sends are laid over what the performer has set, and leave with the "
    "transition") {
  auto shape = *equal_power();
  shape.in[static_cast<std::size_t>(Lane::low)] = {{0, 0}, {0.5f, 0}, {0.5f, 1}};
  shape.out[static_cast<std::size_t>(Lane::low)] = {{0.5f, 1}, {0.5f, 0}};
  const auto bass = [](double hertz) { return make_deck(make_sine(16 * kBeat, hertz / kRate, 0.3f), 16); };
  Handover h(bass(60), bass(90));
  Performance swapped = h.performance;
  swapped.epoch = 2;
  swapped.transition = std::make_shared<const Transition>(Transition{
      8, 0, 1, Beat::beats(8), Beat::beats(8), Beat(0), std::make_shared<const TransitionShape>(shape)});
  h.rig.schedule({{Beat(0), Grid::now, &swapped}});
  h.run_to(20);
  const auto level = [&](double hertz, double from, double to) {
    std::complex<double> sum = 0;
    const std::int64_t begin = h.at(from), end = h.at(to);
    for (std::int64_t i = begin; i < end; ++i)
      sum += static_cast<double>(h.rig.left[static_cast<std::size_t>(i)]) *
             std::polar(2.0, -2 * 3.14159265358979 * hertz / kRate * static_cast<double>(i));
    return std::abs(sum) / static_cast<double>(end - begin);
  };
  CHECK(level(60, 4, 7) == Approx(0.3).epsilon(0.02));
  CHECK(level(90, 9, 11.5) < 0.3 * 0.03);   // the coming bass waits: what is left passed above 220 Hz
  CHECK(level(60, 12.5, 15) < 0.3 * 0.03);  // the going bass is gone
  CHECK(level(90, 17, 19) == Approx(0.3).epsilon(0.02));
}

TEST_CASE("the crossfader moves the decks on its sides, by its curve, and no other") {
  Performance p;
  p.epoch = 1;
  for (std::size_t d = 0; d < 3; ++d) p.decks[d] = make_deck(make_noise(4 * kBeat, 0.2f, d + 1), 4);
  const auto levels = [&](double position, double curve) {
    std::array<double, 3> result{};
    for (int solo = 0; solo < 3; ++solo) {
      Rig rig;
      rig.load(p);
      rig.post("/deck/1/side", 1);
      rig.post("/deck/2/side", 2);
      rig.post("/crossfader/position", position);
      rig.post("/crossfader/curve", curve);
      rig.post("/deck/" + std::to_string(solo + 1) + "/play", 1);
      const Frame zero = rig.play();
      rig.run(zero.index + 2 * kBeat);
      double sum = 0;
      for (auto i = rig.left.size() - kBeat; i < rig.left.size(); ++i) sum += std::pow(rig.left[i], 2);
      result[static_cast<std::size_t>(solo)] = std::sqrt(sum / kBeat);
    }
    for (std::size_t d = 0; d < 2; ++d) result[d] /= result[2];
    return result;
  };
  const double unity = levels(-1, 0)[0];
  CHECK(unity == Approx(1).epsilon(0.05));
  CHECK(levels(-1, 0)[1] < 1e-6);
  CHECK(levels(1, 0)[0] < 1e-6);
  CHECK(levels(0, 0)[0] == Approx(std::sqrt(0.5)).epsilon(0.05));
  CHECK(levels(0, 1)[1] == Approx(0.5).epsilon(0.05));
  CHECK(levels(0, 2)[0] == Approx(1).epsilon(0.05));
  CHECK(levels(0.9, 2)[0] == Approx(0.5).epsilon(0.05));
}
