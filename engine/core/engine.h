// The engine: a deterministic function from events and performances to samples.
//
// It knows no thread, device, queue, file or clock. Fed the same inputs in the same quanta from the same seed,
// it writes the same samples: live callback, offline render, replay and tests all call process().
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/context.h"
#include "engine/core/rack.h"

namespace entrain {

struct EngineConfig {
  static constexpr int kLeastRate = 44'100, kMostRate = 192'000;  ///< Hz
  static constexpr bool allows(int rate) { return rate >= kLeastRate && rate <= kMostRate; }

  int rate = 48'000;  ///< fixed for the whole jam
  std::uint64_t seed = 1;
  Isa isa = Isa::baseline;
};

/// What goes into one quantum.
struct Inputs {
  std::span<const Event> events;       ///< in order of arrival; at most kEventsPerQuantum are considered
  const Schedule* schedule = nullptr;  ///< replaces the schedule; copied, need not outlive the call
};

/// What comes out of one quantum.
struct Outputs {
  std::array<float*, 4> channels{};  ///< 32 frames each: master left, right, cue left, right
  std::span<Record> room;            ///< for journal records; an input that finds no room is refused and counted
  int records = 0;                   ///< how many were written
  bool split = false;                ///< on a device of two outputs, play the cue pair in the master's place
  bool schedule_taken = false;       ///< false: no room for its records, offer it again
};

class Engine {
 public:
  static constexpr int kEventsPerQuantum = 64;
  static constexpr int kRecordsPerQuantum = kEventsPerQuantum + kScheduleRoom + 4;

  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Takes all memory and touches it (what it has for the same rate, it keeps). Not realtime-safe; before the
  /// first process().
  void prepare(const EngineConfig& config);
  /// As after prepare(), bit for bit.
  void reset();
  /// Renders the next 32 frames. Realtime-safe: never waits, allocates, locks, frees, logs or calls the system;
  /// its work is bounded. One thread at a time.
  void process(const Inputs& in, Outputs& out) noexcept;

  /// What was heard in the last quantum. Same thread as process().
  std::span<const Report> reports() const;
  /// Fills a snapshot. Realtime-safe; same thread as process().
  void observe(Snapshot& snapshot) const;
  /// A stem's signal in the last quantum: one of kStems. Same thread as process().
  std::span<const float> stem(Bus group, int channel);
  /// Adds a stereo pair of kQuantum frames to the last quantum's headphones, under their level, blend and split.
  /// No part of what process() computes: nothing leads from it to the master, a stem or another quantum.
  /// Realtime-safe; same thread as process().
  void lay_over_cue(const std::array<const float*, 2>& pair, const std::array<float*, 2>& cue) const noexcept;

  Frame frame() const;  ///< the first frame of the next quantum
  /// Frames a prepared control (a launch) must be known beforehand; later requests take the next grid line.
  int lead() const;
  /// Frames between a unit's output and the engine's: the limiter's look-ahead.
  int latency() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace entrain
