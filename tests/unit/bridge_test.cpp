// The laws of the bridge: when it sounds, to the frame, and how it is stopped.
#include "tests/support/bridge.h"

#include <algorithm>
#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/rate.h"
#include "tests/support/sanitized.h"
#include "tests/support/storm.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr std::array kKindNames{"noise", "glide", "climb", "down", "reverse", "impact"};
constexpr std::array kRiserNames{"noise", "glide", "climb", "reverse"};

bool begins_and_ends(const BridgeRig& rig, int from, int to) {
  const auto [first, end] = rig.sounding();
  INFO("from line " << rig.line(from) << " to line " << rig.line(to) << ", sounds " << first << " to "
                    << end);
  CHECK((first >= rig.line(from) && first <= rig.line(from) + 2));
  CHECK((end <= rig.line(to) && end >= rig.line(to) - 2));  // its last sample faded to nothing
  return first >= rig.line(from) && end <= rig.line(to);
}

double loudest(const BridgeRig& rig, std::int64_t from, std::int64_t to) {
  float most = 0;
  for (const auto& side : rig.sound)
    for (auto i = static_cast<std::size_t>(from); i < std::min(static_cast<std::size_t>(to), side.size());
         ++i)
      most = std::max(most, std::abs(side[i]));
  return static_cast<double>(most);
}

std::vector<float> rendered(std::uint64_t seed, const char* kind, double variation = 0, int wait = 0) {
  BridgeRig rig({kRate, seed, Isa::baseline});
  rig.post("/transport/tempo", 300);
  rig.post("/bridge/variation", variation);
  rig.hear_until(wait);
  rig.go(kind, 1);
  rig.hear_until(wait + 2);
  const auto at = [&](int bar) { return rig.sound[0].begin() + static_cast<std::ptrdiff_t>(rig.line(bar)); };
  return {at(wait + 1), at(wait + 2)};
}

}  // namespace

TEST_CASE("a riser begins on its line and ends on one, to the sample, at any rate and length", "[bridge]") {
  for (const int rate : {44'100, 48'000, 96'000})
    for (const char* kind : kRiserNames) {
      if (kSanitized && rate != 44'100) continue;
      INFO(rate << " Hz, " << kind);
      BridgeRig rig({rate, 1, Isa::baseline});
      rig.post("/transport/tempo", 173.3);
      rig.go(kind, 2);
      rig.hear_until(3);
      begins_and_ends(rig, 0, 2);
    }
}

TEST_CASE("a riser ends on its line while the tempo glides and jumps", "[bridge]") {
  for (const char* kind : kRiserNames)
    for (const double tempo : {60.0, 240.0}) {
      INFO(kind << " to " << tempo);
      BridgeRig rig;
      rig.hear_until(0);
      rig.go(kind, 3);
      rig.hear_until(1);
      rig.post("/transport/tempo", tempo, Grid::now, {}, Beat::nearest(9.3));
      rig.hear_until(3);
      rig.post("/transport/tempo", 133.7);
      rig.hear_until(5);
      begins_and_ends(rig, 1, 4);
    }
}

TEST_CASE("halves and quarters of a bar end on theirs; asked between lines a riser still ends on a bar line",
          "[bridge]") {
  for (const double bars : {0.25, 0.5, 0.75}) {
    BridgeRig rig;
    rig.go("noise", bars);
    rig.hear_until(1);
    const std::int64_t end = rig.line(0) + static_cast<std::int64_t>(bars * 96'000);
    CHECK(std::abs(rig.sounding().second - end) <= 2);
  }
  for (const std::int64_t late : {9'000, 40'000, 50'000, 90'000}) {
    BridgeRig rig;
    rig.hear_until(0);
    rig.hear(late);
    const std::int64_t asked = rig.engine.frame().index;
    rig.go("noise", 2, Grid::now);
    rig.hear_until(4);
    CHECK(std::abs(rig.sounding().first - asked) <= kQuantum);
    CHECK(std::abs(rig.sounding().second - rig.line(late < 48'000 ? 2 : 3)) <= 2);
  }
}

TEST_CASE("a down-sweep and an impact begin on their line and are over by their last", "[bridge]") {
  for (const char* kind : {"down", "impact"}) {
    INFO(kind);
    BridgeRig rig;
    rig.go(kind, 2);
    rig.hear_until(3);
    CHECK(std::abs(rig.sounding().first - rig.line(0)) <= 2);
    CHECK(rig.sounding().second <= rig.line(2));
    CHECK(loudest(rig, rig.line(0), rig.line(0) + 4'800) >
          4 * loudest(rig, rig.line(1) + 72'000, rig.line(2)));
  }
}

TEST_CASE("while the beat stands a go waits for the start", "[bridge]") {
  BridgeRig rig({kRate, 1, Isa::baseline}, false);
  rig.go("noise", 1);
  rig.post("/bridge/go", 1);  // at once: there is no line to end on
  rig.hear(kRate);
  CHECK(loudest(rig, 0, kRate) == 0);
  rig.play();
  rig.hear_until(2);
  begins_and_ends(rig, 0, 1);
}

TEST_CASE("the same seed draws the same bridge; another seed, variation or beat draws another", "[bridge]") {
  for (const char* kind : kKindNames) {
    INFO(kind);
    const auto first = rendered(1, kind);
    REQUIRE(std::any_of(first.begin(), first.end(), [](float x) { return x != 0; }));
    CHECK(rendered(1, kind) == first);
    CHECK(rendered(2, kind) != first);
    CHECK(rendered(1, kind, 5) != first);
    CHECK(rendered(1, kind, 0, 1) != first);
  }
}

TEST_CASE("kinds asked on one line sound together, each as it was set before its go", "[bridge]") {
  struct Heard {
    std::vector<float> left;
    std::int64_t end, second, third;  ///< where it ends; lines
  };
  const auto hear = [](bool noise, bool tone) -> Heard {
    BridgeRig rig;
    rig.hear_until(0);
    if (noise) rig.go("noise", 1);
    if (tone) rig.go("climb", 2);
    rig.hear_until(4);
    return {rig.sound[0], rig.sounding().second, rig.line(2), rig.line(3)};
  };
  const Heard both = hear(true, true), noise = hear(true, false), tone = hear(false, true);
  CHECK(std::abs(noise.end - both.second) <= 2);
  CHECK(std::abs(tone.end - both.third) <= 2);
  double off = 0;
  for (std::size_t i = 0; i < both.left.size(); ++i)
    off = std::max(off, std::abs(static_cast<double>(both.left[i] - noise.left[i] - tone.left[i])));
  CHECK(off < 1e-6);
}

TEST_CASE("a bridge takes the place of one of its own kind", "[bridge]") {
  BridgeRig twice, once;
  for (BridgeRig* rig : {&twice, &once}) {
    rig->hear_until(0);
    if (rig == &twice) rig->go("glide", 4);
    rig->hear_until(1);
    rig->go("glide", 1);
    rig->hear_until(4);
  }
  const auto faded = static_cast<std::ptrdiff_t>(once.line(2)) + kRate * 6 / 100;
  CHECK(std::equal(once.sound[0].begin() + faded, once.sound[0].end(), twice.sound[0].begin() + faded));
}

TEST_CASE("stop, a stop of the transport and both panics end every kind within 50 ms, without a click",
          "[bridge]") {
  for (const char* kind : kKindNames)
    for (const char* stop :
         {"/bridge/stop", "/transport/play", "/transport/panic/notes", "/transport/panic/silence"}) {
      INFO(kind << ", " << stop);
      BridgeRig rig;
      rig.go(kind, 1);
      rig.hear_until(0);
      rig.hear(48'000);
      const std::int64_t at = rig.engine.frame().index;
      REQUIRE(loudest(rig, at - 2'400, at) > 1e-4);
      rig.post(stop, std::string(stop) == "/transport/play" ? 0 : 1);
      rig.hear(kRate);
      const std::int64_t end = rig.sounding().second;
      CHECK(end <= at + kRate / 20 + kQuantum);
      CHECK(end > at + 96);
      double before = 0, after = 0;  // steps from sample to sample
      for (std::int64_t i = at - 7'200; i < end + 2; ++i) {
        const auto x = static_cast<std::size_t>(i);
        const double step = std::abs(static_cast<double>(rig.sound[0][x + 1] - rig.sound[0][x]));
        (i < at ? before : after) = std::max(i < at ? before : after, step);
      }
      CHECK(after < 1.1 * before);
      CHECK(loudest(rig, end - 8, end) < 0.1 * loudest(rig, at - 2'400, at));
    }
}

TEST_CASE("after a stop in the middle of a beat the next start draws no bridge that was", "[bridge]") {
  BridgeRig rig;
  rig.go("noise", 2);
  rig.hear_until(0);
  rig.hear(20'000);
  rig.post("/transport/play", 0);
  rig.post("/transport/play", 1);
  const std::int64_t at = rig.engine.frame().index;
  rig.hear_until(3);
  CHECK(rig.sounding(at + kRate / 10).second == at + kRate / 10);
}

TEST_CASE("when the beat jumps a bridge lets go of it", "[bridge]") {
  constexpr std::array<Section, 1> sections{Section{Bridge::rows, Bridge::instances, 0}};
  const Catalogue table(sections);
  Parameters parameters;
  parameters.prepare(table, kRate);
  Bridge bridge;
  bridge.prepare(kRate);
  const Performance performance;
  Buses buses;
  Context context;
  context.running = context.rolling = true;
  context.before = context.current = &performance;
  context.timeline = {Beat(0), Frame(0), kRate, Tempo{}, Tempo{}, 0};
  const Applied go{sections[0].id(Bridge::go), 0, 1, Beat(0)};
  context.events = {&go, 1};
  const auto live = [&](std::int64_t until) {
    for (; context.frame < Frame(until); context.frame = context.frame + kQuantum, context.events = {}) {
      context.begin = context.adopted_from = context.end;
      context.end = context.timeline.beat_at(context.frame + (kQuantum - 1)) + Beat(1);
      buses.clear();
      bridge.process(context, Controls(parameters, sections[0]), buses);
    }
    return buses.live(Bus::bridge);
  };
  CHECK(live(19'200));
  context.end = Beat::beats(8);  // half of its four bars on
  context.timeline = {context.end, context.frame, kRate, Tempo{}, Tempo{}, 0};
  CHECK(live(20'800));
  CHECK_FALSE(live(19'200 + kRate / 20 + 2 * kQuantum));
}

TEST_CASE("the bridge has a strip: fader, sends, and silence to the last bit behind them", "[bridge]") {
  BridgeRig rig;
  rig.post("/bridge/send/reverb", 0);
  rig.post("/bridge/gain", -6);
  rig.go("noise", 1);
  rig.hear_until(0);
  BridgeRig plain;
  plain.go("noise", 1);
  plain.hear_until(0);
  for (BridgeRig* r : {&rig, &plain}) r->hear_until(1);
  CHECK(loudest(rig, 0, 1ll << 30) == Approx(0.5012 * loudest(plain, 0, 1ll << 30)).epsilon(0.001));
  const auto room = rig.engine.stem(Bus::reverb, 0);
  CHECK(std::any_of(room.begin(), room.end(), [](float x) { return std::abs(x) > 1e-4f; }));
  plain.post("/bridge/drive", 12);
  plain.go("noise", 1);
  plain.hear_until(3);
  CHECK(plain.sounding(plain.line(2)).second < plain.line(3) + kRate / 100);  // the drive rings a moment
  plain.hear(kRate);
  CHECK(loudest(plain, plain.line(3) + kRate / 100, 1ll << 30) == 0);
}

TEST_CASE("width 0 is mono to the bit, width 1 leaves every kind wide", "[bridge]") {
  for (const char* kind : kKindNames)
    for (const double width : {0.0, 1.0}) {
      INFO(kind << " at width " << width);
      BridgeRig rig;
      rig.post("/bridge/width", width);
      rig.go(kind, 1);
      rig.hear_until(1);
      double both = 0, left = 0, right = 0;
      for (std::size_t i = 0; i < rig.sound[0].size(); ++i) {
        const double l = static_cast<double>(rig.sound[0][i]), r = static_cast<double>(rig.sound[1][i]);
        both += l * r, left += l * l, right += r * r;
      }
      if (width == 0) CHECK(rig.sound[0] == rig.sound[1]);
      if (width == 1)
        CHECK(both / std::sqrt(left * right) < 0.9);  // the boom of an impact stays in the middle
      CHECK(left / right == Approx(1).epsilon(0.3));
    }
}

TEST_CASE("no setting makes a bridge anything but finite and bounded", "[bridge]") {
  for (const double tempo : {kSanitized ? 120.0 : 20.0, 999.0})
    for (const double bars : {0.25, 1.0})
      for (const double edge : {0.0, 1.0}) {
        INFO(tempo << " BPM, " << bars << " bars, edge " << edge);
        BridgeRig rig({96'000, 7, Isa::baseline});
        rig.post("/transport/tempo", tempo);
        rig.post("/bridge/reach", edge);
        rig.post("/bridge/root", 11 * edge);
        rig.post("/bridge/mode", 6 * edge);
        rig.post("/bridge/variation", 99 * edge);
        for (const char* kind : kKindNames) rig.go(kind, bars);
        rig.hear_until(1);
        CHECK(loudest(rig, 0, 1ll << 30) > 0.05);
        CHECK(loudest(rig, 0, 1ll << 30) < 8);
        CHECK(
            std::all_of(rig.sound[0].begin(), rig.sound[0].end(), [](float x) { return std::isfinite(x); }));
      }
}

TEST_CASE("storms start bridges", "[bridge]") {
  Engine engine;
  engine.prepare({kRate, 1, Isa::baseline});
  Storm storm(1);
  StormRide ride(engine, storm);
  int sounding = 0;
  for (int q = 0; q < 3'000; ++q) {
    ride.quanta(1);
    const auto heard = engine.stem(Bus::tones, 0);
    sounding += std::any_of(heard.begin(), heard.end(), [](float x) { return x != 0; });
  }
  INFO(sounding);
  CHECK(sounding > 100);
  CHECK(ride.finite());
}
