// How long a child process may keep its parent waiting: what it runs and what it sleeps, not what it queues.
#pragma once

#include <sys/types.h>

#include <chrono>

namespace entrain {

/// A worker runs only when nothing else wants to (SCHED_IDLE). On a busy machine it stands in the queue for
/// seconds, and a wall clock would call that a hang. So a child that is runnable is charged the processor
/// time it got (/proc/PID/stat), one that sleeps is charged the time it slept.
class Patience {
 public:
  using Time = std::chrono::milliseconds;

  Patience(pid_t pid, Time limit);

  /// How long to wait before looking again; zero when patience is over.
  Time slice() const { return left_ < kSlice ? left_ : kSlice; }

  /// The parent waited for `time`, a slice, in vain.
  void spend(Time time);

 private:
  static constexpr Time kSlice{100};

  pid_t pid_;
  Time left_, used_;  ///< used_: processor time of the child when last seen
};

}  // namespace entrain
