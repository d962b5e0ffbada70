// Events: when they take effect, in which order, and what is refused.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/clicks.h"

using namespace entrain;
using namespace entrain::test;

namespace {

__extension__ using Wide = __int128;

/// The first frame at or after `ticks`, from beat 0 at `start`, at one tempo in 1/10 000 BPM; 48 kHz.
std::int64_t frame_of(std::int64_t ticks, std::int64_t units, std::int64_t start) {
  const Wide top = Wide{ticks} * 600'000 * 48'000, bottom = Wide{units} * 967'680;
  return start + static_cast<std::int64_t>((top + bottom - 1) / bottom);
}

int applied_records(const Rig& rig) {
  return static_cast<int>(std::count_if(rig.journal.begin(), rig.journal.end(), [](auto& r) { return r.what == Record::What::event; }));
}

}  // namespace

TEST_CASE("an event on a grid takes effect on the first line at or after its frame, to the frame") {
  constexpr std::int64_t units = 1'337'000;
  Rig rig;
  const Performance p = clicks();
  rig.load(p);
  rig.post("/transport/tempo", 133.7);
  const std::int64_t start = rig.play().index;
  rig.run(start + 3'200);
  std::vector<std::pair<int, std::int64_t>> expected;
  const std::int64_t sixteenth = Beat::kPerBeat / 4;
  const std::int64_t spacings[] = {0, sixteenth, 4 * sixteenth, 12 * sixteenth, 24 * sixteenth};
  for (int i = 0; i < 300; ++i) {
    const std::int64_t now = rig.engine.frame().index;
    const std::uint64_t b = mix_bits(static_cast<std::uint64_t>(i));
    const auto grid = static_cast<Grid>(b % 5);
    const std::int64_t asked = now + static_cast<std::int64_t>((b >> 8) % 60'000) - 10'000, earliest = std::max(asked, now);
    const int track = i % 15;
    rig.post("/track/" + std::to_string(track + 1) + "/hit", 1, grid, Frame(asked));
    std::int64_t due = earliest;
    if (const std::int64_t spacing = spacings[static_cast<int>(grid)]; spacing > 0) {
      std::int64_t line = 0;
      while (frame_of(line * spacing, units, start) < earliest) ++line;
      due = frame_of(line * spacing, units, start);
    }
    expected.push_back({track, due});
    rig.run(32 * static_cast<std::int64_t>(1 + (b >> 40) % 50));
  }
  rig.run(300'000);
  std::vector<std::pair<int, std::int64_t>> heard;
  for (const Report& r : rig.reports) heard.push_back({r.unit, r.frame.index});
  std::sort(heard.begin(), heard.end());
  std::sort(expected.begin(), expected.end());
  CHECK(heard == expected);
  for (const Record& r : rig.journal)  // the journal keeps the resolved time
    if (r.what == Record::What::event && r.event.grid != Grid::now && r.due.by_beat)
      CHECK(r.due.beat.ticks % spacings[static_cast<int>(r.event.grid)] == 0);
}

TEST_CASE("an event exactly on a line takes that line, and one frame later the next") {
  Rig rig;
  const Performance p = clicks();
  rig.load(p);
  const std::int64_t start = rig.play().index;
  rig.run(start + 9'600);
  rig.post("/track/1/hit", 1, Grid::beat, Frame(start + 48'000));
  rig.post("/track/2/hit", 1, Grid::beat, Frame(start + 48'001));
  rig.run(96'000);
  CHECK(hits(rig, 0) == std::vector<std::int64_t>{start + 48'000});
  CHECK(hits(rig, 1) == std::vector<std::int64_t>{start + 72'000});
}

TEST_CASE("a line that the tempo moves is waited for where it comes") {
  Rig rig;
  const Performance p = clicks("100000000000");  // hits on every bar of three beats
  rig.load(p);
  rig.play();
  rig.run(24'000);
  rig.post("/track/1/hit", 1, Grid::bar);
  rig.post("/transport/tempo", 71.3, Grid::now, {}, Beat::beats(1));
  rig.run(9'600);
  rig.post("/transport/tempo", 311);
  rig.run(48'000);
  REQUIRE(hits(rig, 0).size() == 1);
  REQUIRE(hits(rig, 15).size() >= 2);
  CHECK(hits(rig, 0)[0] == hits(rig, 15)[1]);
}

TEST_CASE("events due at the same time take effect in order of arrival") {
  for (const Grid grid : {Grid::now, Grid::beat}) {
    Rig rig;
    const Performance p = clicks("1");
    rig.load(p);
    rig.play();
    rig.run(9'600);
    for (int i = 0; i < 9; ++i) {  // each in a quantum of its own; the last says off
      rig.post("/track/16/on", i % 2, grid, Frame(20'000));
      rig.post("/track/3/gain", -i, grid, Frame(20'000));
      rig.quantum();
    }
    rig.run(48'000);
    CHECK(value(rig, "/track/16/on") == 0);
    CHECK(value(rig, "/track/3/gain") == -8);
    const std::vector<std::int64_t> heard = hits(rig, 15);
    CHECK(heard.back() < 26'000);
  }
}

TEST_CASE("events for different frames take effect by frame, whatever their order of arrival") {
  Rig rig;
  for (int i = 0; i < 20; ++i) rig.post("/track/3/gain", -i, Grid::now, Frame(10'000 - 32 * ((i * 7) % 20)));
  rig.run(12'000);
  CHECK(value(rig, "/track/3/gain") == 0);  // i == 0 asked for the latest frame
}

TEST_CASE("a toggle splits its quantum at its exact frame") {
  Rig rig;
  Performance p = clicks();
  p.tracks[0] = make_track({make_click(1)}, "1", 1'000, 1);  // a hit every 6 frames
  for (int offset = 0; offset < 32; offset += 5) {
    rig.engine.reset();
    rig.reports.clear();
    rig.load(p);
    const std::int64_t start = rig.play().index, off = start + 3'200 + offset, on = start + 6'400 + offset;
    rig.post("/track/1/on", 0, Grid::now, Frame(off));
    rig.post("/track/1/on", 1, Grid::now, Frame(on));
    rig.run(start + 12'800);
    const auto heard = hits(rig, 0);
    for (std::int64_t k = 0; k < 1'000; ++k) {
      const std::int64_t f = start + 6 * k;
      REQUIRE(std::binary_search(heard.begin(), heard.end(), f) == (f < off || f >= on));
    }
  }
}

TEST_CASE("a continuous control moved again in one quantum counts once, and the last value stands") {
  Rig rig;
  for (int i = 0; i < 10; ++i) rig.post("/track/1/gain", -i);
  rig.post("/track/2/gain", -30);
  rig.post("/track/1/gain", std::nan(""));
  rig.quantum();
  CHECK(applied_records(rig) == 2);
  CHECK(value(rig, "/track/1/gain") == -9);
  CHECK(value(rig, "/track/2/gain") == -30);
  for (int i = 0; i < 6; ++i) rig.post("/track/1/on", i % 2);  // each switch is an act of its own
  for (int i = 0; i < 3; ++i) rig.post("/track/1/hit", 1);
  rig.quantum();
  CHECK(applied_records(rig) == 11);
}

TEST_CASE("what is not a number, not a control or not a grid is refused, counted and leaves no trace") {
  Rig rig;
  rig.run(320);
  const double inf = std::numeric_limits<double>::infinity();
  for (const double bad : {std::nan(""), inf, -inf}) rig.post("/master/gain", bad);
  rig.events.push_back({ControlId{0xffff}, Grid::now, Source::osc, {}, 1, {}});
  rig.events.push_back({ControlId{static_cast<std::uint16_t>(catalogue().size())}, Grid::now, Source::osc, {}, 1, {}});
  rig.events.push_back({id("/master/gain"), static_cast<Grid>(77), Source::osc, {}, -20, {}});
  rig.run(320);
  CHECK(rig.snapshot().refused == 6);
  CHECK(rig.snapshot().events == 0);
  CHECK(rig.journal.empty());
  CHECK(value(rig, "/master/gain") == 0);
}

TEST_CASE("values out of range are brought into it, and the journal says what was applied") {
  Rig rig;
  rig.post("/master/gain", 500);
  rig.post("/track/1/on", 7);
  rig.post("/transport/tempo", -3);
  rig.run(3'200);
  CHECK(value(rig, "/master/gain") == 12);
  CHECK(value(rig, "/track/1/on") == 1);
  CHECK(rig.snapshot().tempo == 20);
  CHECK(rig.journal.at(0).event.value == 12);
}

TEST_CASE("of a flood 64 events a quantum are considered and the others counted") {
  Rig rig;
  for (int i = 0; i < 1'000; ++i) rig.post("/track/1/on", 1);
  rig.quantum();
  CHECK(rig.snapshot().events == 64);
  CHECK(rig.snapshot().refused == 936);
}

TEST_CASE("when no more events can wait further ones are refused, and those that wait come") {
  for (const Grid grid : {Grid::now, Grid::phrase}) {
    Rig rig;
    const Performance p = clicks();
    rig.load(p);
    rig.play();
    rig.run(9'600);
    for (int i = 0; i < 1'280; ++i) {
      rig.post("/track/1/gain", -1, grid, Frame(80'000));
      if (i % 64 == 63) rig.quantum();
    }
    CHECK(rig.snapshot().refused == 1'280 - 1'024);
    CHECK(value(rig, "/track/1/gain") == 0);
    rig.run(240'000);
    CHECK(value(rig, "/track/1/gain") == -1);
    rig.post("/track/1/gain", -2, grid);
    rig.run(240'000);
    CHECK(value(rig, "/track/1/gain") == -2);
    CHECK(rig.snapshot().refused == 1'280 - 1'024);
  }
}

TEST_CASE("an event that finds no room in the journal is not applied") {
  Engine engine;
  engine.prepare({});
  float sound[4][kQuantum];
  std::array<Record, 3> room;
  std::vector<Event> events;
  for (const char* address : {"/track/1/on", "/track/2/on", "/track/3/on", "/track/4/on", "/track/5/on"})
    events.push_back({id(address), Grid::now, Source::osc, {}, 0, {}});
  Outputs out;
  for (std::size_t c = 0; c < 4; ++c) out.channels[c] = sound[c];
  out.room = room;
  engine.process({events, nullptr}, out);
  Snapshot s;
  engine.observe(s);
  CHECK(out.records == 3);
  CHECK(s.events == 3);
  CHECK(s.refused == 2);
  for (int t = 1; t <= 5; ++t) CHECK(s.values[id("/track/" + std::to_string(t) + "/on").index] == (t <= 3 ? 0 : 1));
  const Performance p = clicks();
  Schedule schedule;
  schedule.serial = 4;
  schedule.count = 4;
  for (int i = 0; i < 4; ++i) schedule.entries[static_cast<std::size_t>(i)] = {Beat(0), Grid::now, &p};
  engine.process({{}, &schedule}, out);
  CHECK_FALSE(out.schedule_taken);
  engine.observe(s);
  CHECK(s.schedule_serial == 0);
  CHECK(s.epoch == 0);
}

TEST_CASE("a glide moves in a straight line and reaches exactly its value at its time") {
  Rig rig;
  rig.run(3'200);
  const std::int64_t now = rig.engine.frame().index;
  rig.post("/track/1/gain", -33.3, Grid::now, {}, Beat::beats(2));  // 48 000 frames at 120 BPM
  for (std::int64_t f = now; f < now + 52'000; f += kQuantum) {
    rig.quantum();
    const double expected = f < now + 48'000 ? -33.3 * static_cast<double>(f - now) / 48'000 : -33.3;
    if (f >= now + 48'000) REQUIRE(value(rig, "/track/1/gain") == -33.3);
    REQUIRE(value(rig, "/track/1/gain") == Approx(expected).margin(1e-9));
  }
}

TEST_CASE("a touch ends a glide, and a new glide begins where the control is") {
  Rig rig;
  rig.post("/track/1/gain", -40, Grid::now, {}, Beat::beats(2));
  rig.run(24'000);
  CHECK(value(rig, "/track/1/gain") == Approx(-20).margin(0.05));
  rig.post("/track/1/gain", -5);
  rig.run(96'000);
  CHECK(value(rig, "/track/1/gain") == -5);
  rig.post("/track/1/gain", -45, Grid::now, {}, Beat::beats(1));
  rig.run(12'000);
  CHECK(value(rig, "/track/1/gain") == Approx(-25).margin(0.1));
  rig.post("/track/1/gain", 5, Grid::now, {}, Beat::beats(1));
  rig.quantum();
  CHECK(value(rig, "/track/1/gain") == Approx(-25).margin(0.2));
  rig.run(48'000);
  CHECK(value(rig, "/track/1/gain") == 5);
}

TEST_CASE("frames and glides beyond all measure are waited for, not tripped over") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  Rig rig;
  const Performance p = clicks("1");
  rig.load(p);
  rig.play();
  rig.run(9'600);
  for (const Grid grid : {Grid::now, Grid::bar}) {
    rig.post("/track/1/gain", -1, grid, Frame(most));
    rig.post("/track/2/gain", -1, grid, Frame(least));
    rig.post("/track/3/gain", -1, grid, {}, Beat(most));
    rig.post("/track/4/gain", -1, grid, {}, Beat(least));
    rig.post("/transport/tempo", 20, grid, Frame(most), Beat(most));
    rig.post("/transport/tempo", 121, grid, {}, Beat(most));
    rig.post("/deck/1/play", 1, grid, Frame(most));
    rig.post("/transport/play", 1, grid, Frame(most));
  }
  rig.run(240'000);
  CHECK(value(rig, "/track/1/gain") == 0);
  CHECK(value(rig, "/track/2/gain") == -1);
  CHECK(value(rig, "/track/3/gain") == Approx(0).margin(0.01));
  CHECK(value(rig, "/track/4/gain") == -1);
  CHECK(rig.snapshot().tempo == Approx(120).margin(0.01));
  CHECK(hits(rig, 15).size() > 15);
}
