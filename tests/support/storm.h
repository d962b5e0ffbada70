// A storm: everything a stage, its hands and its audience could throw at the engine, and much that they should
// not, drawn from a seed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/engine.h"
#include "engine/core/hash.h"

namespace entrain::test {

struct StormTuning {
  int rate = 48'000;
  bool decks = true;              ///< loops on decks, which cost most of the time
  bool panics = true;
  double tempo_low = 20, tempo_high = 999;
  int versions = 512;             ///< how many versions are made; used up, the storm schedules no more
};

/// Hashed draws: what falls on a quantum depends on the seed, the quantum and what the engine shows, nothing
/// else. All memory is taken by the constructor; next() neither allocates nor calls the system, so that a storm
/// can be rendered under seccomp. One thread at a time.
class Storm {
 public:
  explicit Storm(std::uint64_t seed, const StormTuning& tuning = {});
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

  /// The inputs of the quantum that `now` stands before; valid until the next call. A schedule is offered anew
  /// until `taken` is told.
  Inputs next(const Snapshot& now);
  void taken() { offering_ = false; }

  // The same drops one by one, for storms that go through wires.
  Event draw_event(std::uint64_t number, const Snapshot& now) const;
  const Performance& version(int i) const { return *versions_[static_cast<std::size_t>(i)]; }

 private:
  std::uint64_t bits(std::uint64_t what, std::uint64_t number) const;
  double draw_value(const ControlRow& row, std::uint64_t number) const;
  ControlId draw_control(std::uint64_t number) const;
  void draw_schedule(std::uint64_t quantum, const Snapshot& now);
  void make_sounds();
  void make_versions();

  const std::uint64_t seed_;
  const StormTuning tuning_;
  std::array<ControlId, kDecks> plays_;  ///< launches
  std::vector<std::shared_ptr<const Cluster>> clusters_;
  std::vector<std::shared_ptr<const Track>> tracks_;
  std::vector<std::shared_ptr<const DeckDocument>> decks_;
  std::vector<std::unique_ptr<const Performance>> versions_;
  int next_version_ = 0;
  std::array<Event, 160> events_{};
  Schedule schedule_;
  bool offering_ = false;
};

/// Rides an engine through a storm, quantum by quantum, with buffers of its own.
class StormRide {
 public:
  StormRide(Engine& engine, Storm& storm) : engine_(engine), storm_(storm) {}

  /// Realtime-safe as far as the engine is. The engine is called through `around`, which a proof may use to watch
  /// those calls and nothing else.
  template <class Around>
  void quantum(Around around) {
    around([&] { engine_.observe(shown_); });
    const Inputs in = storm_.next(shown_);
    Outputs out;
    for (std::size_t c = 0; c < out.channels.size(); ++c) out.channels[c] = sound_[c];
    out.room = room_;
    around([&] { engine_.process(in, out); });
    if (out.schedule_taken) storm_.taken();
    count(out);
  }
  void quanta(int n) {
    for (int i = 0; i < n; ++i) quantum([](auto&& call) { call(); });
  }

  /// Over all samples, journal records and reports so far.
  std::uint64_t checksum() const { return hash_.value(); }
  bool finite() const { return finite_; }
  /// The highest sample magnitude of the master in the last quantum.
  float loudest() const { return loudest_; }
  const float* sound(std::size_t channel) const { return sound_[channel]; }
  std::span<const Record> records() const { return {room_.data(), static_cast<std::size_t>(records_)}; }
  const Snapshot& shown() const { return shown_; }

 private:
  void count(const Outputs& out);

  Engine& engine_;
  Storm& storm_;
  Snapshot shown_;
  float sound_[4][kQuantum] = {};
  std::array<Record, Engine::kRecordsPerQuantum> room_{};
  int records_ = 0;
  Hash64 hash_;
  bool finite_ = true;
  float loudest_ = 0;
};

}  // namespace entrain::test
