// Laws of edits, versions and schedules, with the engine in the loop.
#include "control/stage/versions.h"

#include <random>

#include "engine/core/pattern.h"
#include "tests/support/catch.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// What slot A holds.
std::string steps_of(const Performance& p, std::size_t track) {
  const auto& t = p.tracks[track];
  return t && t->patterns[0] ? to_text(*t->patterns[0]) : "";
}
Edit pattern(int track, const char* text) {
  return SetPattern{track, 0, std::make_shared<const Pattern>(*parse_pattern(text))};
}
Edit step(int track, int at, bool hits) { return SetStep{track, 0, at, {.velocity = hits ? 1.0f : 0.0f}}; }

/// Versions and an engine, joined as the stage joins them.
struct Wired {
  explicit Wired(Performance first) : versions(std::move(first)) { offer(versions.first_schedule()); }
  void offer(const Schedule& s) { rig.schedule({s.entries.begin(), s.entries.begin() + s.count}, s.serial); }
  bool add(Edit edit, Beat boundary, Grid grid) {
    if (!versions.add(std::move(edit), boundary, grid)) return false;
    offer(versions.make_schedule());
    return true;
  }
  void run(int quanta) {
    for (int i = 0; i < quanta; ++i) rig.quantum();
    if (versions.follow(rig.snapshot())) offer(versions.make_schedule());
  }
  Rig rig;
  Versions versions;
};

Performance two_tracks() {
  Performance p;
  p.tracks[0] = make_track({make_click()}, "1000");
  p.tracks[1] = make_track({make_click()}, "1000");
  return p;
}

}  // namespace

TEST_CASE("an edit and its inverse leave the performance as it was") {
  Performance p = two_tracks();
  p.decks[0] = make_deck(make_click(48'000), 4);
  const std::vector<Edit> edits{pattern(0, "1*2/3"), step(0, 2, true), step(1, 40, true), SetCluster{3, nullptr},
                                SetDeck{0, nullptr}};
  for (const Edit& edit : edits) {
    Performance changed = p;
    const Edit back = inverse_of(edit, p);
    apply_edit(edit, changed);
    apply_edit(back, changed);
    for (std::size_t t = 0; t < kTracks; ++t) {
      REQUIRE(steps_of(changed, t) == steps_of(p, t));
      REQUIRE((changed.tracks[t] ? changed.tracks[t]->cluster : nullptr) == (p.tracks[t] ? p.tracks[t]->cluster : nullptr));
    }
    REQUIRE(changed.decks == p.decks);
  }
}

TEST_CASE("an edit replaces only what it touches, and the rest is shared") {
  const Performance p = two_tracks();
  Performance changed = p;
  apply_edit(step(0, 1, true), changed);
  CHECK(changed.tracks[0] != p.tracks[0]);
  CHECK(changed.tracks[0]->cluster == p.tracks[0]->cluster);
  CHECK(changed.tracks[1] == p.tracks[1]);
}

TEST_CASE("edits for different boundaries come in the order of their boundaries, however they were made") {
  Wired j(two_tracks());
  j.rig.play();
  j.run(200);
  REQUIRE(j.add(pattern(0, "1111"), Beat::beats(8), Grid::bar));
  REQUIRE(j.add(pattern(1, "1010"), Beat::beats(4), Grid::bar));
  REQUIRE(j.add(step(0, 1, true), Beat(0), Grid::now));
  j.run(1);
  CHECK(steps_of(j.versions.latest(), 0) == "1111");
  j.rig.reports.clear();
  j.run(48'000 * 6 / kQuantum);  // twelve beats at 120 BPM
  int first_bar[2] = {}, second_bar[2] = {}, third_bar[2] = {};
  for (const Report& r : j.rig.reports) {
    if (r.step >= 4 && r.step < 16) ++first_bar[r.unit];
    if (r.step >= 16 && r.step < 32) ++second_bar[r.unit];
    if (r.step >= 32 && r.step < 44) ++third_bar[r.unit];
  }
  CHECK(first_bar[0] == 6);   // 1100 for three beats
  CHECK(second_bar[0] == 8);  // still 1100
  CHECK(second_bar[1] == 8);  // 1010 from bar 2
  CHECK(third_bar[0] == 12);  // 1111 from bar 3
  CHECK(j.rig.snapshot().missed == 0);
}

TEST_CASE("everything offered is adopted or replaced, and nothing is kept for ever") {
  Wired j(two_tracks());
  j.rig.play();
  std::mt19937 random(5);
  for (int i = 0; i < 2'000; ++i) {
    const Beat now = j.rig.snapshot().beat;
    const auto grid = static_cast<Grid>(random() % 4);
    const bool added = j.add(step(static_cast<int>(random() % 2), static_cast<int>(random() % 16), random() % 2 == 0),
                             Meter{}.next_line(now + Beat::beats(static_cast<std::int64_t>(random() % 3)), grid), grid);
    REQUIRE(added);
    j.run(static_cast<int>(random() % 40));
    REQUIRE(j.versions.kept() < 256);
  }
  for (int i = 0; i < 100; ++i) j.run(200);
  CHECK(j.versions.waiting() == 0);
  // Versions that were replaced before their time go with the next adoption, which outdates them all.
  REQUIRE(j.add(step(0, 0, true), Beat(0), Grid::now));
  for (int i = 0; i < 100; ++i) j.run(200);
  CHECK(j.versions.kept() <= 2);
}

TEST_CASE("the engine plays what the edits, applied one after the other, describe") {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    Wired j(two_tracks());
    j.rig.play();
    std::mt19937 random(seed);
    Performance expected = two_tracks();
    for (int i = 0; i < 200; ++i) {
      const Edit edit = step(static_cast<int>(random() % 2), static_cast<int>(random() % 16), random() % 2 == 0);
      apply_edit(edit, expected);
      REQUIRE(j.add(edit, Beat(0), Grid::now));
      if (random() % 3 == 0) j.run(static_cast<int>(random() % 5));
    }
    j.run(400);
    for (std::size_t t = 0; t < 2; ++t)
      CHECK(steps_of(j.versions.latest(), t) == steps_of(expected, t));
    CHECK(j.versions.waiting() == 0);
    CHECK(j.rig.snapshot().epoch == j.versions.latest().epoch);
  }
}

TEST_CASE("more boundaries than a schedule holds are refused, not lost") {
  Wired j(two_tracks());
  j.rig.play();
  j.run(100);
  for (int i = 0; i < kScheduleRoom; ++i) REQUIRE(j.add(step(0, 1, true), Beat::beats(100 + i), Grid::beat));
  CHECK_FALSE(j.add(step(0, 1, true), Beat::beats(500), Grid::beat));
  CHECK(j.add(step(0, 2, true), Beat::beats(100), Grid::beat));
}
