// Processor time, for benchmarks: a busy machine does not show in it.
#pragma once

#include <time.h>

namespace entrain::test {

inline double clock_seconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Of this process, and of this thread; seconds.
inline double cpu_seconds() { return clock_seconds(CLOCK_PROCESS_CPUTIME_ID); }
inline double thread_seconds() { return clock_seconds(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace entrain::test
