#include "control/live/realtime.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

namespace entrain {

std::string lock_memory() {
  if (mlockall(MCL_CURRENT) == 0) return {};
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  return fmt::format(
      "Memory could not be locked (the limit is {} kB), so a busy machine may swap it out and crackle: add "
      "\"@audio - memlock unlimited\" to /etc/security/limits.d/audio.conf, join the group audio and log in again.",
      limit.rlim_cur >> 10);
}

std::string check_priorities() {
  sched_param before{};
  const int policy = sched_getscheduler(0);
  sched_getparam(0, &before);
  sched_param wanted{};
  wanted.sched_priority = 1;
  if (sched_setscheduler(0, SCHED_FIFO, &wanted) == 0) {
    sched_setscheduler(0, policy, &before);
    return {};
  }
  return "Real-time priority is not allowed, so other programs may make the sound crackle: add "
         "\"@audio - rtprio 95\" to /etc/security/limits.d/audio.conf, join the group audio and log in again.";
}

}  // namespace entrain
