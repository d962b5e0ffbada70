// The callback is proved: under seccomp, under a guard against memory and locks, and counting page faults. And each
// proof is seen to fail where something wrong was planted.
#include <algorithm>
#include <vector>

#include "tests/realtime/voyage.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("the engine makes no system call in a storm: it ends under seccomp STRICT with the checksum it has without") {
  for (const Isa isa : available_isas()) {
    for (const std::uint64_t seed : {1, 2}) {
      INFO("level " << name_of(isa) << ", seed " << seed);
      const Landing free = sail({Watch::none, Plant::nothing, seed, 3'000, isa});
      const Landing strict = sail({Watch::seccomp, Plant::nothing, seed, 3'000, isa});
      REQUIRE(free.arrived);
      REQUIRE(strict.arrived);
      CHECK(strict.checksum == free.checksum);
    }
  }
}

TEST_CASE("seccomp catches a system call and a clock") {
  CHECK(sail({Watch::none, Plant::system_call, 1, 100}).arrived);
  CHECK_FALSE(sail({Watch::seccomp, Plant::system_call, 1, 100}).arrived);
  CHECK_FALSE(sail({Watch::seccomp, Plant::clock, 1, 100}).arrived);
  CHECK(sail({Watch::seccomp, Plant::nothing, 1, 100}).arrived);
}

TEST_CASE("the engine neither allocates nor frees, locks, waits or reads a clock in a storm") {
  for (const Isa isa : available_isas()) {
    for (const std::uint64_t seed : {3, 4}) {
      const Landing landing = sail({Watch::guard, Plant::nothing, seed, 3'000, isa});
      INFO("level " << name_of(isa) << ", seed " << seed << ": " << landing.said);
      CHECK(landing.arrived);
    }
  }
}

TEST_CASE("the guard catches an allocation, a release, a lock, a wake-up and a clock, and names each") {
  const std::vector<std::pair<Plant, std::string>> wrongs{{Plant::allocation, "malloc"},
                                                          {Plant::release, "free"},
                                                          {Plant::mutex, "pthread_mutex_lock"},
                                                          {Plant::condition, "pthread_cond_signal"},
                                                          {Plant::clock, "clock_gettime"}};
  for (const auto& [plant, name] : wrongs) {
    INFO(name);
    CHECK(sail({Watch::none, plant, 1, 100}).arrived);
    const Landing landing = sail({Watch::guard, plant, 1, 100});
    CHECK_FALSE(landing.arrived);
    CHECK(landing.said.find("the callback called " + name + "\n") != std::string::npos);
  }
}

TEST_CASE("the engine takes no page fault in a storm") {
  for (const std::uint64_t seed : {5, 6}) {
    // A machine short of memory takes pages away from anybody; what the engine did not touch faults every time.
    std::int64_t fewest = 1'000'000;
    for (int attempt = 0; attempt < 3 && fewest > 0; ++attempt) {
      const Landing landing = sail({Watch::faults, Plant::nothing, seed, 3'000, best_isa()});
      REQUIRE(landing.arrived);
      fewest = std::min(fewest, landing.faults);
    }
    CHECK(fewest == 0);
  }
}

TEST_CASE("the counter of page faults counts one") {
  const Landing landing = sail({Watch::faults, Plant::fresh_page, 1, 100});
  REQUIRE(landing.arrived);
  CHECK(landing.faults >= 1);
}
