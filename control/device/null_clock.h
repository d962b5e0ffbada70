// NullClock: drives the engine by the wall clock when there is no device, into the take instead of a room.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "control/device/driven_engine.h"

namespace entrain {

/// One thread, parked until it is given a turn. Then it renders a period at each absolute deadline
/// (clock_nanosleep, so nothing drifts); what was due before, it renders at once. Only after a hole
/// longer than `longest_hole` (the machine slept) does it start afresh from the present, and counts the rest
/// as left out. When the baton passes to another turn it parks again by itself.
class NullClock {
 public:
  /// `period`: frames, rounded up to whole quanta. Control side.
  NullClock(std::shared_ptr<DrivenEngine> engine, int period, double longest_hole_seconds);
  ~NullClock();
  NullClock(const NullClock&) = delete;
  NullClock& operator=(const NullClock&) = delete;

  /// Drives from now on; the next frame is, or was, due at `start` (CLOCK_MONOTONIC, nanoseconds), and what a
  /// start in the past leaves behind is made up for first. `turn` must hold the baton. Control side.
  void run(Baton::Turn turn, std::int64_t start);

  int period() const { return period_; }
  /// Frames skipped because the hole was too long to fill. Any thread.
  std::int64_t left_out() const { return left_out_.load(std::memory_order_relaxed); }
  /// Empty when the thread has SCHED_FIFO 70; else a sentence with the mend.
  const std::string& scheduling_note() const { return scheduling_note_; }

 private:
  void loop();
  void drive(Baton::Turn turn, std::int64_t start);
  bool render_period(Baton::Turn turn) noexcept;

  const std::shared_ptr<DrivenEngine> engine_;
  const int period_;
  const double longest_hole_;
  std::atomic<std::int64_t> left_out_{0};
  std::string scheduling_note_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Baton::Turn turn_ = Baton::kNobody;  ///< under mutex_: the turn to run, kNobody when parked
  std::int64_t start_ = 0;             ///< under mutex_
  std::atomic<bool> quit_{false};
  std::thread thread_;
};

/// Of SCHED_FIFO, for whatever renders.
inline constexpr int kRenderPriority = 70;

/// Asks for SCHED_FIFO at `priority` for a thread; empty on success, else a sentence with the mend.
std::string ask_for_realtime(std::thread& thread, const std::string& what, int priority);

}  // namespace entrain
