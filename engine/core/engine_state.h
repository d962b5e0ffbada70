// The engine's inside. Included by its own sources only.
#pragma once

#include "engine/core/engine.h"

namespace entrain {

struct Engine::State {
  static constexpr int kWaiting = 1024;  ///< events that may wait, for frames and for beats each
  static constexpr int kApplied = 256;   ///< events that may take effect in one quantum; more take the next

  struct Pending {
    Schedule::Entry entry;
    Due due;
  };
  struct Counters {
    std::uint64_t events = 0, refused = 0, missed = 0, records_lost = 0;
  };

  // Settings: untouched by reset().
  EngineConfig config;
  int prepared_rate = 0;  ///< what the units took their memory for
  Rack rack;
  Buses buses;
  const Performance empty{};

  // The state proper.
  Frame now;
  bool running = false;
  bool start_pending = false;  ///< a start is accepted, due at `start_frame`
  Frame start_frame;
  std::uint64_t stop_sequence = 0;  ///< when the last stop that was obeyed was asked for
  Timeline timeline;           ///< when not running: anchored at Beat(0)
  Beat reached;                ///< the first beat that has not sounded: a turning tempo repeats and skips none
  Parameters parameters;
  const Performance* current = &empty;
  std::array<Pending, kScheduleRoom> pending;
  int pending_count = 0;
  std::uint64_t schedule_serial = 0;
  std::uint64_t sequence = 0;
  EventHeap<Frame, kWaiting> waiting_frame;
  EventHeap<Beat, kWaiting> waiting_beat;
  Counters counters;
  Reports reports;

  // One quantum's work.
  Context context;
  Triggers triggers;
  DeckMoves moves;
  std::array<Applied, kApplied> applied;
  int applied_count = 0;
  Outputs* out = nullptr;

  void reset();

  // intake.cpp: what comes in, and when it is due.
  void take_schedule(const Schedule& schedule);
  void accept(std::span<const Event> events);
  void accept(const Event& event);
  bool superseded(std::span<const Event> events, std::size_t i) const;
  bool starts(const Event& event) const;
  void expect_start(Frame at);
  Due resolve(const Event& event, bool prepared) const;
  Due resolve(const Schedule::Entry& entry, const Performance* before, std::span<const Pending> known,
              bool& missed) const;
  bool record(const Record& record);
  Frame start_edge(Frame earliest) const;

  // engine.cpp: the quantum.
  void begin_quantum(Outputs& outputs);
  void apply_due();
  void apply(const Event& event, int offset, Beat beat, std::uint64_t asked);
  void play(const Event& event, std::uint64_t asked);
  void start(), stop(std::uint64_t asked);
  void keep_starts();
  Timeline timeline_from_zero(Frame at) const;
  Beat count_in() const;
  void find_beats();
  void adopt();
  void render();
  void sum_into(Place place);
};

}  // namespace entrain
