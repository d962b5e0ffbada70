#include "tests/realtime/wire_storm.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "control/stage/versions.h"
#include "control/stage/wires.h"
#include "tests/support/random_pattern.h"
#include "tests/support/storm.h"

namespace entrain::test {
namespace {

std::int64_t without_order = 0;  ///< the planted race

/// What all threads share besides the wires.
struct Shared {
  std::atomic<std::int64_t> frame{0};
  std::atomic<bool> over{false};
  mutable std::atomic<bool> enough{false};  ///< told by the stage
};

void play_hands(Wires::Producer producer, const Storm& storm, std::uint64_t number, const Shared& shared,
                std::atomic<std::uint64_t>& posted, bool race) {
  Snapshot now;
  while (!shared.over.load()) {
    now.frame = Frame(shared.frame.load());
    for (int i = 0; i < 20; ++i) {
      producer.post(storm.draw_event(number++, now));
      posted.fetch_add(1);
    }
    if (race) ++without_order;
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
}

/// Draws edits from the storm's versions, so that parts of many versions end up in one.
Edit draw_edit(const Storm& storm, std::uint64_t b) {
  const Performance& from = storm.version(static_cast<int>(b % 500));
  const auto track = static_cast<int>((b >> 16) % kTracks), deck = static_cast<int>((b >> 16) % kDecks);
  const auto slot = static_cast<int>((b >> 20) % kSlots);
  const auto& part = from.tracks[static_cast<std::size_t>(track)];
  switch ((b >> 32) % 4) {
    case 0: return SetPattern{track, slot, part ? part->patterns[static_cast<std::size_t>(slot)] : nullptr};
    case 1: return SetStep{track, slot, static_cast<int>((b >> 40) % 24), random_step(mix_bits(b))};
    case 2: return SetCluster{track, part ? part->cluster : nullptr};
    default: return SetDeck{deck, from.decks[static_cast<std::size_t>(deck)]};
  }
}

// Frames by which a report may come before another that sounds earlier: a launch's crossfade, and a quantum.
constexpr int kToldBefore = 480 + kQuantum;

void direct(Wires& wires, Versions& versions, const Storm& storm, std::uint64_t seed, const Shared& shared,
            WireCalm& calm) {
  wires.offer(versions.first_schedule());
  std::uint64_t epoch = 0;
  std::int64_t last_frame = -1, last_report = -1;
  for (std::uint64_t i = 0; !shared.over.load(); ++i) {
    if (wires.refresh_snapshot()) {
      const Snapshot& s = wires.snapshot();
      calm.in_order = calm.in_order && s.frame.index > last_frame && s.epoch >= epoch && s.oldest_epoch <= s.epoch;
      last_frame = s.frame.index;
      calm.adopted += s.epoch != epoch;
      epoch = s.epoch;
      if (versions.follow(s)) wires.offer(versions.make_schedule());
    }
    for (Report report; wires.pop_report(report); ++calm.reports) {
      calm.in_order = calm.in_order && report.frame.index >= last_report - kToldBefore;
      last_report = std::max(last_report, report.frame.index);
    }
    const std::uint64_t b = mix_bits(seed * 7919 + i);
    if (b % 3 == 0) {
      const Snapshot& s = wires.snapshot();
      const Grid grid = s.running ? static_cast<Grid>((b >> 4) % 4) : Grid::now;
      const Beat boundary = s.beat + Beat(static_cast<std::int64_t>((b >> 8) % (2 * Beat::kPerBeat)));
      if (versions.add(draw_edit(storm, mix_bits(b)), boundary, grid)) {
        wires.offer(versions.make_schedule());
        ++calm.offered;
      }
    }
    if (calm.offered > kEnoughOffered && calm.adopted > kEnoughAdopted) shared.enough.store(true);
    calm.most_kept = std::max(calm.most_kept, versions.kept());
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

}  // namespace

WireCalm ride(const WireStorm& weather) {
  Engine engine;
  engine.prepare({48'000, weather.seed, best_isa()});
  Wires wires(engine, 48'000, nullptr, nullptr);
  Storm storm(weather.seed);
  Versions versions(storm.version(0));  // outlives the last render, as a session's stage does not end before it
  Shared shared;
  WireCalm calm;
  std::atomic<std::uint64_t> posted{0};
  std::vector<std::thread> threads;
  for (int p = 0; p < weather.producers; ++p)
    threads.emplace_back(play_hands, wires.make_producer(), std::cref(storm), static_cast<std::uint64_t>(p) << 40,
                         std::cref(shared), std::ref(posted), weather.plant_race);
  threads.emplace_back(direct, std::ref(wires), std::ref(versions), std::cref(storm), weather.seed, std::cref(shared), std::ref(calm));

  std::thread audio([&] {
    float sound[4][kQuantum];
    float* channels[4] = {sound[0], sound[1], sound[2], sound[3]};
    // On a busy machine the stage may come to little in so many quanta: then the storm lasts longer.
    for (int q = 0; q < weather.quanta || (!shared.enough.load() && q < 100 * weather.quanta); ++q) {
      wires.render(channels);
      shared.frame.store(engine.frame().index);
      for (const auto& channel : sound)
        for (const float x : channel) calm.finite = calm.finite && std::isfinite(x);
      if (weather.plant_race) ++without_order;
      if (q % 8 == 0) std::this_thread::yield();
    }
  });
  audio.join();
  shared.over.store(true);
  for (auto& thread : threads) thread.join();

  // What the wires still hold goes in, so that every event is accounted for.
  float sound[4][kQuantum];
  float* channels[4] = {sound[0], sound[1], sound[2], sound[3]};
  for (int q = 0; q < 8'192 / Engine::kEventsPerQuantum + 1; ++q) wires.render(channels);
  Snapshot end;
  engine.observe(end);
  calm.posted = posted.load();
  calm.dropped = wires.dropped();
  calm.events = end.events;
  calm.refused = end.refused;
  calm.frames = end.frame.index;
  return calm;
}

}  // namespace entrain::test
