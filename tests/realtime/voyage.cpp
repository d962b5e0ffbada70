#include "tests/realtime/voyage.h"

#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "tests/realtime/child.h"
#include "tests/realtime/guard.h"
#include "tests/support/storm.h"

namespace entrain::test {
namespace {

/// What a child sends when its voyage is over.
struct Marker {
  static constexpr std::uint64_t kName = 0x656e747261696e21;
  std::uint64_t name = kName, checksum = 0;
  std::int64_t faults = 0;
  std::uint64_t finite = 0;
};

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
void* volatile ready_to_free = nullptr;
volatile char* fresh_page = nullptr;

void do_wrong(Plant plant) {
  switch (plant) {
    case Plant::nothing: return;
    case Plant::allocation: ready_to_free = std::malloc(24); return;
    case Plant::release: std::free(ready_to_free); return;
    case Plant::mutex:
      pthread_mutex_lock(&mutex);
      pthread_mutex_unlock(&mutex);
      return;
    case Plant::condition: pthread_cond_signal(&condition); return;
    case Plant::clock: {
      timespec t;
      clock_gettime(CLOCK_MONOTONIC, &t);
      return;
    }
    case Plant::system_call: ::syscall(SYS_getpid); return;
    case Plant::fresh_page: *fresh_page = 1; return;
  }
}

/// Code and libraries' data are mapped by whoever locks the program's memory; the engine answers for its own.
/// So everything that comes from a file is faulted in here, and no memory from the heap.
void touch_program() {
#if defined(MADV_POPULATE_READ) && defined(MADV_POPULATE_WRITE)
  std::FILE* maps = std::fopen("/proc/self/maps", "r");
  if (maps == nullptr) return;
  std::array<char, 1024> line;
  while (std::fgets(line.data(), static_cast<int>(line.size()), maps) != nullptr) {
    unsigned long from = 0, to = 0, inode = 0;
    std::array<char, 5> may{};
    if (std::sscanf(line.data(), "%lx-%lx %4s %*s %*s %lu", &from, &to, may.data(), &inode) != 4) continue;
    if (inode == 0 || may[0] != 'r') continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): that is what the file holds
    ::madvise(reinterpret_cast<void*>(from), to - from, may[1] == 'w' ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
  }
  std::fclose(maps);
#endif
}

[[gnu::noinline]] void touch_stack() {
  std::array<volatile char, 512 * 1024> deep;
  for (std::size_t i = 0; i < deep.size(); i += 1024) deep[i] = 1;
}

std::int64_t faults_so_far() {
  rusage usage;
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

/// The child's whole life: freeing what it holds would be a system call.
[[noreturn]] void ride(const Voyage& voyage, int marks) {
  // Never freed: that may call the system, and the child ends with them.
  Engine* const engine = std::make_unique<Engine>().release();
  engine->prepare({48'000, voyage.seed, voyage.isa});
  Storm* const storm = std::make_unique<Storm>(voyage.seed).release();
  StormRide* const rider = std::make_unique<StormRide>(*engine, *storm).release();
  ready_to_free = std::malloc(24);
  fresh_page = static_cast<volatile char*>(
      ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (voyage.watch == Watch::faults) faults_so_far();
  touch_program();
  touch_stack();

  if (voyage.watch == Watch::seccomp && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) ::_exit(2);
  Marker marker;
  for (int q = 0; q < voyage.quanta; ++q) {
    bool now = q == voyage.quanta / 2;
    const auto wrong = [&] {
      if (std::exchange(now, false)) do_wrong(voyage.plant);
    };
    switch (voyage.watch) {
      case Watch::guard:
        rider->quantum([&](auto&& call) {
          const Guarded guarded;
          call();
          wrong();
        });
        break;
      case Watch::faults:
        rider->quantum([&](auto&& call) {
          const std::int64_t before = faults_so_far();
          call();
          wrong();
          marker.faults += faults_so_far() - before;
        });
        break;
      default:
        rider->quantum([&](auto&& call) {
          call();
          wrong();
        });
    }
  }
  marker.checksum = rider->checksum();
  marker.finite = rider->finite();
  const bool sent = ::write(marks, &marker, sizeof marker) == sizeof marker;
  for (;;) ::syscall(SYS_exit, sent ? 0 : 1);  // exit_group, which _exit calls, is forbidden under STRICT
}

}  // namespace

Landing sail(const Voyage& voyage) {
  std::array<int, 2> marks{};
  if (::pipe(marks.data()) != 0) return {};
  const Ending ending = in_child([&] {
    ::close(marks[0]);
    ride(voyage, marks[1]);
  });
  ::close(marks[1]);
  const std::string sent = drain(marks[0]);
  Marker marker;
  Landing landing;
  landing.said = ending.said;
  if (sent.size() != sizeof marker) return landing;
  sent.copy(reinterpret_cast<char*>(&marker), sizeof marker);
  landing.arrived = marker.name == Marker::kName && marker.finite == 1;
  landing.checksum = marker.checksum;
  landing.faults = marker.faults;
  return landing;
}

}  // namespace entrain::test
