// Versions of the performance: adopted on their exact beat, freed when nothing refers to them, never before.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/rig.h"
#include "tests/support/storm.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr std::int64_t kSixteenth = Beat::kPerBeat / 4;

/// A version whose only pattern is on track `epoch - 1`, with a step every few frames.
std::unique_ptr<const Performance> dense(std::uint64_t epoch, Meter meter = {}) {
  auto p = std::make_unique<Performance>();
  p->epoch = epoch;
  p->meter = meter;
  p->tracks[epoch - 1] = make_track({make_click(1)}, "1", 1'000, 1);
  return p;
}
std::int64_t ticks_of_step(std::int64_t k) { return k * kSixteenth / 1'000; }

const Record* adoption_of(const Rig& rig, std::uint64_t epoch) {
  for (const Record& r : rig.journal)
    if (r.what == Record::What::adopted && r.epoch == epoch) return &r;
  return nullptr;
}
int count_of(const Rig& rig, Record::What what) {
  return static_cast<int>(std::count_if(rig.journal.begin(), rig.journal.end(), [&](auto& r) { return r.what == what; }));
}

}  // namespace

TEST_CASE("a version rules from its exact beat, in the middle of a quantum: steps before come from the old one") {
  Rig rig;
  std::vector<std::unique_ptr<const Performance>> versions;
  for (std::uint64_t e = 1; e <= kTracks; ++e) versions.push_back(dense(e));
  rig.load(*versions[0]);
  rig.post("/transport/tempo", 133.7);
  const Frame start = rig.play();
  std::vector<Schedule::Entry> entries;
  std::vector<std::int64_t> boundaries{0};
  for (std::uint64_t e = 2; e <= kTracks; ++e) {
    boundaries.push_back(boundaries.back() + 1 + static_cast<std::int64_t>(mix_bits(e) % Beat::kPerBeat));
    entries.push_back({Beat(boundaries.back()), Grid::beat, versions[e - 1].get()});
  }
  rig.run(start.index + 320);
  rig.schedule(entries);
  rig.run(300'000);
  CHECK(rig.snapshot().missed == 0);
  CHECK(rig.snapshot().epoch == kTracks);
  std::int64_t expected = 0, wrong = 0;
  for (const Report& r : rig.reports) {
    wrong += r.step != expected++;  // no step is lost at a boundary and none sounds twice
    const auto ruling = std::upper_bound(boundaries.begin(), boundaries.end(), ticks_of_step(r.step)) - boundaries.begin() - 1;
    wrong += r.unit != ruling;
  }
  CHECK(wrong == 0);
  CHECK(expected > 30'000);
  for (std::uint64_t e = 2; e <= kTracks; ++e) {
    REQUIRE(adoption_of(rig, e) != nullptr);
    CHECK(adoption_of(rig, e)->due.beat.ticks == boundaries[e - 1]);
  }
}

TEST_CASE("a boundary that was missed is adopted at the next line of its grid, counted and journaled") {
  const std::pair<Grid, std::int64_t> grids[] = {{Grid::step, 1}, {Grid::beat, 4}, {Grid::bar, 12}, {Grid::phrase, 24}};
  for (const auto& [grid, sixteenths] : grids) {
    INFO("grid " << static_cast<int>(grid));
    Rig rig;
    const auto first = dense(1, {3, 2}), second = dense(2);
    rig.load(*first);
    rig.play();
    rig.run(60'000);
    const std::int64_t late = rig.snapshot().beat.ticks, spacing = sixteenths * kSixteenth;
    rig.schedule({{Beat(5), grid, second.get()}});
    rig.run(300'000);
    CHECK(rig.snapshot().missed == 1);
    CHECK(count_of(rig, Record::What::missed) == 1);
    REQUIRE(adoption_of(rig, 2) != nullptr);
    CHECK(adoption_of(rig, 2)->due.beat.ticks == (late + spacing - 1) / spacing * spacing);
    for (const Report& r : rig.reports)
      CHECK((r.unit == 1) == (ticks_of_step(r.step) >= adoption_of(rig, 2)->due.beat.ticks));
  }
}

TEST_CASE("a version for now is adopted in the quantum that sees it, a stopped beat adopts at once") {
  Rig rig;
  const auto first = dense(1), second = dense(2), third = dense(3);
  rig.load(*first);
  rig.quantum();
  CHECK(rig.snapshot().epoch == 1);
  rig.schedule({{Beat::beats(64), Grid::phrase, second.get()}});
  rig.quantum();
  CHECK(rig.snapshot().epoch == 2);
  rig.play();
  rig.run(9'600);
  const Frame seen = rig.engine.frame();
  rig.schedule({{Beat(0), Grid::now, third.get()}});
  rig.quantum();
  CHECK(rig.snapshot().epoch == 3);
  for (const Report& r : rig.reports) CHECK((r.unit == 2) == (r.frame >= seen));
}

TEST_CASE("a new schedule replaces the old one whole") {
  Rig rig;
  std::vector<std::unique_ptr<const Performance>> v;
  for (std::uint64_t e = 1; e <= 6; ++e) v.push_back(dense(e));
  rig.load(*v[0]);
  rig.play();
  rig.run(9'600);
  rig.schedule({{Beat::beats(2), Grid::beat, v[1].get()}, {Beat::beats(3), Grid::beat, v[2].get()}});
  rig.run(3'200);
  rig.schedule({{Beat::beats(4), Grid::beat, v[3].get()}});
  rig.run(72'000);
  CHECK(adoption_of(rig, 2) == nullptr);
  CHECK(adoption_of(rig, 3) == nullptr);
  CHECK(rig.snapshot().epoch == 1);
  rig.run(48'000);
  CHECK(rig.snapshot().epoch == 4);
  rig.schedule({{Beat::beats(8), Grid::beat, v[4].get()}});
  rig.run(3'200);
  rig.schedule({});  // an empty one calls everything off
  rig.run(240'000);
  CHECK(rig.snapshot().epoch == 4);
  CHECK(rig.snapshot().schedule_serial == 5);
}

TEST_CASE("of versions due in one quantum the last one rules, from its own beat") {
  Rig rig;
  const auto first = dense(1), second = dense(2), third = dense(3);
  rig.load(*first);
  rig.play();
  rig.run(3'200);
  const Beat b = Beat::beats(1);
  rig.schedule({{b, Grid::beat, second.get()}, {b + Beat(3 * kSixteenth / 1'000), Grid::beat, third.get()}});
  rig.run(48'000);
  CHECK(rig.snapshot().epoch == 3);
  CHECK(adoption_of(rig, 3) != nullptr);
  std::int64_t expected = 0, wrong = 0;
  for (const Report& r : rig.reports) wrong += r.step != expected++;
  CHECK(wrong == 0);
}

TEST_CASE("another loop on a deck needs its lead, and takes the next line when its boundary is too near") {
  Rig rig;
  Performance first, second;
  first.epoch = 1;
  second.epoch = 2;
  second.decks[0] = make_deck(make_sine(48'000, 0.01, 0.3f), 2);
  rig.load(first);
  rig.play();
  rig.run(60'000);
  const Beat soon = rig.snapshot().beat + Beat(static_cast<std::int64_t>(Beat::kPerBeat * rig.engine.lead() / 24'000.0) - 4'000);
  const Beat late_enough = soon + Beat(8'000);
  rig.schedule({{late_enough, Grid::beat, &second}});
  rig.quantum();
  CHECK(rig.snapshot().missed == 0);
  rig.schedule({{soon, Grid::beat, &second}});
  rig.quantum();
  CHECK(rig.snapshot().missed == 1);
  rig.run(96'000);
  REQUIRE(adoption_of(rig, 2) != nullptr);
  CHECK(adoption_of(rig, 2)->due.beat.ticks % Beat::kPerBeat == 0);
}

TEST_CASE("a hit by hand before a boundary plays the old version, after it the new one, in one quantum") {
  Rig rig;
  Performance first, second;
  first.epoch = 1;
  second.epoch = 2;
  first.tracks[0] = make_track({make_asset(1, [](auto) { return 0.25f; })}, "");
  second.tracks[0] = make_track({make_asset(1, [](auto) { return 0.5f; })}, "");
  rig.load(first);
  const std::int64_t start = rig.play().index;
  const std::int64_t boundary = start + 12'016;  // the middle of a quantum
  rig.run(start + 320);
  rig.schedule({{Beat((12'016 * Beat::kPerBeat) / 24'000), Grid::beat, &second}});
  rig.post("/track/1/hit", 1, Grid::now, Frame(boundary - 6));
  rig.post("/track/1/hit", 1, Grid::now, Frame(boundary + 6));
  rig.run(48'000);
  const auto at = static_cast<std::size_t>(boundary + rig.engine.latency());
  CHECK(rig.left[at - 6] == 0.25f);
  CHECK(rig.left[at + 6] == 0.5f);
}

TEST_CASE("the oldest epoch stays at a version while anything of it waits or rings, and moves on after") {
  Rig rig;
  Performance first, second, third;
  first.epoch = 1;
  first.tracks[0] = make_track({make_sine(96'000, 0.01, 0.3f)}, "");
  second.epoch = 2;
  third.epoch = 3;
  rig.load(first);
  rig.post("/track/1/hit", 1, Grid::now, Frame(64));
  rig.run(3'200);
  rig.load(second);
  rig.run(3'200);
  CHECK(rig.snapshot().epoch == 2);
  CHECK(rig.snapshot().oldest_epoch == 1);
  rig.run(96'000);
  CHECK(rig.snapshot().oldest_epoch == 2);
  rig.load(third);
  rig.quantum();
  CHECK(rig.snapshot().oldest_epoch == 3);
}

namespace {

/// Versions that share nothing; the sounds of a freed one turn into poison, which is heard for ever (and under
/// AddressSanitizer they are really freed).
class Stagehand {
 public:
  const Performance* make(std::uint64_t seed) {
    auto made = std::make_unique<Version>();
    made->performance.epoch = ++epochs_;
    for (std::size_t t = 0; t < kTracks; t += 3) {
      auto asset = std::make_shared<Asset>(*make_noise(200 + static_cast<std::int64_t>(mix_bits(seed + t) % 9'000), 0.3f, seed));
      made->performance.tracks[t] = make_track({asset}, "1011", 1 + static_cast<int>(t % 3), 1);
      made->assets.push_back(asset);
    }
    for (std::size_t d = 0; d < kDecks; ++d) {
      if (mix_bits(seed + 100 + d) % 3 == 0) continue;
      auto asset = std::make_shared<Asset>(*make_noise(24'000, 0.3f, seed + d));
      auto loop = std::make_shared<Loop>();
      loop->asset = asset;
      loop->warp = {{Beat(0), 0.0}, {Beat::beats(1), 24'000.0}};
      made->performance.decks[d] = std::make_shared<DeckDocument>(DeckDocument{loop});
      made->assets.push_back(asset);
    }
    versions_.push_back(std::move(made));
    return &versions_.back()->performance;
  }
  void free_before(std::uint64_t oldest) {
    for (auto& v : versions_) {
      if (v == nullptr || v->performance.epoch >= oldest) continue;
      ++freed_;
#ifndef ENTRAIN_ASAN
      for (auto& asset : v->assets)
        for (auto* side : {&asset->left, &asset->right})
          std::fill(side->begin(), side->end(), std::numeric_limits<float>::quiet_NaN());
      grave_.push_back(std::move(v));
#endif
      v.reset();
    }
  }
  int freed() const { return freed_; }

 private:
  struct Version {
    Performance performance;
    std::vector<std::shared_ptr<Asset>> assets;
  };
  std::vector<std::unique_ptr<Version>> versions_, grave_;
  std::uint64_t epochs_ = 0;
  int freed_ = 0;
};

}  // namespace

TEST_CASE("the oldest epoch never passes a version that still sounds, waits or gets ready") {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    INFO("seed " << seed);
    Rig rig({48'000, seed, best_isa()});
    Stagehand hand;
    rig.load(*hand.make(seed));
    rig.play();
    for (int d = 1; d <= kDecks; ++d) rig.post("/deck/" + std::to_string(d) + "/play", 1);
    for (std::uint64_t q = 0; q < 8'000; ++q) {
      const std::uint64_t b = mix_bits(seed * 100'000 + q);
      if (b % 40 == 0) {
        std::vector<Schedule::Entry> entries;
        Beat boundary = rig.snapshot().beat;
        for (std::uint64_t i = 0; i <= (b >> 8) % 3; ++i) {
          boundary = boundary + Beat(static_cast<std::int64_t>(mix_bits(b + i) % (Beat::kPerBeat / 2)));
          const Grid grid = i == 0 && (b >> 16) % 3 == 0 ? Grid::now : static_cast<Grid>(1 + (b >> 20) % 2);
          entries.push_back({boundary, grid, hand.make(b + i)});
        }
        rig.schedule(entries);
      }
      if (b % 30 == 1) rig.post("/deck/" + std::to_string(1 + (b >> 8) % 4) + "/play", (b >> 16) % 4 != 0, Grid::beat);
      if (b % 100 == 2) rig.post("/transport/tempo", 60 + static_cast<double>((b >> 8) % 200));
      if (b % 900 == 3) rig.post("/transport/play", 0);
      if (b % 300 == 4) rig.post("/transport/play", 1);
      if (b % 700 == 5) rig.post("/transport/panic/notes", 1);
      rig.quantum();
      hand.free_before(rig.snapshot().oldest_epoch);
    }
    CHECK(std::all_of(rig.left.begin(), rig.left.end(), [](float x) { return std::isfinite(x); }));
    CHECK(*std::max_element(rig.left.begin(), rig.left.end()) > 0.1f);
    CHECK(hand.freed() > 200);
  }
}
