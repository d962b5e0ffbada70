// Playing it in: what hits by hand write, where, and that nothing sounds twice.
#include "control/stage/recorder.h"

#include "tests/support/catch.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {

using Mode = Recorder::Mode;

/// An engine and a recorder whose edits reach it, as the stage does it.
struct Studio {
  explicit Studio(const char* pattern) {
    auto first = std::make_shared<Performance>();
    first->epoch = 1;
    Track track{std::make_shared<const Cluster>(Cluster{"c", {make_click(1)}, {}}), {}};
    if (*pattern != '\0') track.patterns[0] = std::make_shared<const Pattern>(*parse_pattern(pattern));
    first->tracks[0] = std::make_shared<const Track>(std::move(track));
    versions.push_back(first);
    rig.load(*first);
    rig.quantum();
    start = rig.play();
    rig.run(start.index - rig.engine.frame().index);
  }
  /// Plays on to a place in sixteenths; edits go in as soon as they are made.
  void go_to(double sixteenth) {
    const std::int64_t until = start.index + std::llround(sixteenth * 6'000);
    while (rig.engine.frame().index + kQuantum <= until) {
      rig.quantum();
      for (; heard < rig.reports.size(); ++heard) follow(rig.reports[heard]);
    }
  }
  void hit(double sixteenth, double velocity = 1) {
    go_to(sixteenth);
    rig.post("/track/1/hit", velocity);
  }
  void follow(const Report& report) {
    const auto take = recorder.hear(report, *versions.back(), settings);
    if (!take) return;
    takes.push_back(*take);
    auto next = std::make_shared<Performance>(*versions.back());
    ++next->epoch;
    apply_edit(take->edit, *next);
    versions.push_back(next);
    // One at a time is enough here: these edits lie far apart.
    rig.schedule({{take->boundary, Grid::step, next.get()}});
  }
  std::string written() const { return to_text(*versions.back()->tracks[0]->patterns[0]); }
  /// Steps of the pattern that sounded in a round.
  int sounded(std::int64_t round) const {
    int n = 0;
    for (const Report& r : rig.reports) n += r.step >= 0 && r.step / 16 == round ? 1 : 0;
    return n;
  }

  std::vector<std::shared_ptr<const Performance>> versions;
  Rig rig;
  Recorder recorder;
  Recorder::Settings settings{Mode::overdub, 1, {}, {}};
  std::vector<Recorder::Take> takes;
  std::size_t heard = 0;
  Frame start;
};

}  // namespace

TEST_CASE(
    "overdubbed hits land on the nearest step with their velocity, sound once, and come back next round",
    "[record]") {
  Studio studio("1000000000000000");
  studio.hit(3.6, 0.5);  // before step 5: it must not sound again when step 5 comes
  studio.hit(8.3, 0.75);
  studio.go_to(15.9);
  CHECK(studio.written() == "10001{v0.5}0001{v0.75}0000000");
  CHECK(studio.sounded(0) == 1);
  studio.go_to(31.9);
  CHECK(studio.sounded(1) == 3);
  CHECK(studio.takes[0].pass == 0);
}

TEST_CASE("quantise moves part of the way; what arrives late is put back in time", "[record]") {
  Studio loose("1000000000000000");
  loose.settings.quantise = 0.5;
  loose.hit(4.2);
  loose.go_to(15);
  CHECK(loose.takes.at(0).edit.step == 4);
  CHECK(static_cast<double>(loose.takes.at(0).edit.to.shift) == Approx(0.1).margin(0.01));
  Studio late("1000000000000000");
  late.settings.quantise = 0;
  late.settings.late = Beat::nearest(0.5 / 4);
  late.hit(4.5);
  late.go_to(15);
  CHECK(late.takes.at(0).edit.step == 4);
  CHECK(static_cast<double>(late.takes.at(0).edit.to.shift) == Approx(0).margin(0.01));
}

TEST_CASE("replace takes the old hits of the round that is played into; erase takes what comes while held",
          "[record]") {
  Studio studio("1010101010101010");
  studio.settings.mode = Mode::replace;
  studio.hit(17.02);
  studio.go_to(31.9);
  CHECK(studio.written() == "1100000000000000");
  studio.settings.mode = Mode::off;
  studio.settings.erase[0] = true;
  studio.go_to(32.5);
  studio.settings.erase[0] = false;
  studio.go_to(40);
  CHECK(studio.written() == "0100000000000000");
}

TEST_CASE("an empty slot becomes a bar; off writes nothing; a hit while the beat stands writes nothing",
          "[record]") {
  Studio studio("");
  studio.hit(5.1);
  studio.go_to(12);
  CHECK(studio.written() == "0000010000000000");
  studio.settings.mode = Mode::off;
  studio.hit(13);
  studio.go_to(20);
  CHECK(studio.takes.size() == 1);
  CHECK_FALSE(studio.recorder.hear({Report::What::hit, Frame(0), 0, 0, -1}, *studio.versions.back(),
                                   {Mode::overdub, 1, {}, {}}));
}
