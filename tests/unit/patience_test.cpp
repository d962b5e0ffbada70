#include "control/worker/patience.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;
using namespace std::chrono_literals;

namespace {

/// A child that does nothing but sleep, or nothing but run.
struct Child {
  explicit Child(bool runs) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      ::close(ready[1]);
      char never = 0;
      if (!runs && ::read(ready[0], &never, 1) >= 0) ::_exit(1);  // its parent keeps the other end
      for (volatile unsigned turns = 0;;) turns = turns + 1;
    }
    ::close(ready[0]);
    end = ready[1];
    while (!runs && !mentions(bytes_of("/proc/" + std::to_string(pid) + "/stat"), ") S ")) ::usleep(1000);
  }
  ~Child() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    ::close(end);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid = -1;
  int end = -1;
};

}  // namespace

TEST_CASE("a child that is ready to run is charged what it ran, however long it queues", "[worker]") {
  const Child child(true);
  Patience patience(child.pid, 10s);
  for (int i = 0; i < 200; ++i) patience.spend(100ms);  // twenty seconds in the queue, as far as it can know
  CHECK(patience.slice() > 0ms);
}

TEST_CASE("a child that spins uses patience up", "[worker]") {
  const Child child(true);
  Patience patience(child.pid, 50ms);
  while (patience.slice() > 0ms) patience.spend(patience.slice());
  CHECK(patience.slice() == 0ms);
}

TEST_CASE("a child that sleeps, or is gone, is charged the time it slept", "[worker]") {
  pid_t gone = -1;
  {
    const Child child(false);
    gone = child.pid;
    Patience patience(child.pid, 10s);
    int slices = 0;
    for (; patience.slice() > 0ms && slices < 1000; ++slices) patience.spend(patience.slice());
    CHECK(slices == 100);
  }
  Patience patience(gone, 250ms);
  CHECK(patience.slice() == 100ms);
  patience.spend(100ms);
  patience.spend(100ms);
  CHECK(patience.slice() == 50ms);
  patience.spend(50ms);
  CHECK(patience.slice() == 0ms);
}
