// A voyage: a child process in which an engine rides a storm while something watches.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/isa.h"

namespace entrain::test {

/// What a voyage may do wrong on purpose, once, inside a call of the engine: so that each proof is seen to fail.
enum class Plant : std::uint8_t { nothing, allocation, release, mutex, condition, clock, system_call, fresh_page };

enum class Watch : std::uint8_t {
  none,
  seccomp,  ///< SECCOMP_MODE_STRICT: any system call but read, write and exit ends the thread
  guard,    ///< tests/realtime/guard.h around every call of the engine
  faults,   ///< counts the page faults in calls of the engine
};

struct Voyage {
  Watch watch = Watch::none;
  Plant plant = Plant::nothing;
  std::uint64_t seed = 1;
  int quanta = 6'000;
  Isa isa = Isa::baseline;
};

struct Landing {
  bool arrived = false;        ///< the end marker came: nothing else proves that a voyage ended well
  std::uint64_t checksum = 0;  ///< of all that the engine put out
  std::int64_t faults = 0;     ///< Watch::faults: minor and major, in calls of the engine
  std::string said;            ///< the child's standard error
};

/// Forks; the child prepares engine and storm, and only then is watched.
Landing sail(const Voyage& voyage);

}  // namespace entrain::test
