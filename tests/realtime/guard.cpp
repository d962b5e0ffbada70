// Not for sanitizer builds, which define the same functions.
#include "tests/realtime/guard.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace entrain::test {
namespace {

thread_local bool inside_guard = false;

void say(const char* text) {
  if (::write(2, text, std::strlen(text)) < 0) std::abort();
}

/// Called first by everything below.
void forbid(const char* name) {
  if (!inside_guard) return;
  inside_guard = false;  // abort() may want memory
  say("the callback called ");
  say(name);
  say("\n");
  std::array<void*, 32> calls;  // who it was, for addr2line
  ::backtrace_symbols_fd(calls.data(), ::backtrace(calls.data(), static_cast<int>(calls.size())), 2);
  std::abort();
}

/// The function that this program's own hides.
template <class F>
F hidden(const char* name) {
  void* found = ::dlsym(RTLD_NEXT, name);
  F function;
  std::memcpy(&function, &found, sizeof function);
  return function;
}

}  // namespace

bool& Guarded::inside() { return inside_guard; }

}  // namespace entrain::test

using entrain::test::forbid;

extern "C" {

// glibc's own names for what the definitions below hide.
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t n) {
  forbid("malloc");
  return __libc_malloc(n);
}
void* calloc(std::size_t n, std::size_t size) {
  forbid("calloc");
  return __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t n) {
  forbid("realloc");
  return __libc_realloc(p, n);
}
void free(void* p) {
  if (p != nullptr) forbid("free");
  __libc_free(p);
}
void* memalign(std::size_t alignment, std::size_t n) {
  forbid("memalign");
  return __libc_memalign(alignment, n);
}
void* aligned_alloc(std::size_t alignment, std::size_t n) {
  forbid("aligned_alloc");
  return __libc_memalign(alignment, n);
}
int posix_memalign(void** p, std::size_t alignment, std::size_t n) {
  forbid("posix_memalign");
  *p = __libc_memalign(alignment, n);
  return *p == nullptr ? ENOMEM : 0;
}

// operator new and delete come here through malloc and free.

#define ENTRAIN_FORBID(result, name, parameters, arguments)                        \
  result name parameters {                                                         \
    using Function = result(*) parameters;                                         \
    forbid(#name);                                                                 \
    static Function function = entrain::test::hidden<Function>(#name);             \
    return function arguments;                                                     \
  }

ENTRAIN_FORBID(int, pthread_mutex_lock, (pthread_mutex_t * m), (m))
ENTRAIN_FORBID(int, pthread_mutex_trylock, (pthread_mutex_t * m), (m))
ENTRAIN_FORBID(int, pthread_mutex_unlock, (pthread_mutex_t * m), (m))
ENTRAIN_FORBID(int, pthread_rwlock_rdlock, (pthread_rwlock_t * l), (l))
ENTRAIN_FORBID(int, pthread_rwlock_wrlock, (pthread_rwlock_t * l), (l))
ENTRAIN_FORBID(int, pthread_cond_wait, (pthread_cond_t * c, pthread_mutex_t* m), (c, m))
ENTRAIN_FORBID(int, pthread_cond_timedwait, (pthread_cond_t * c, pthread_mutex_t* m, const timespec* t), (c, m, t))
ENTRAIN_FORBID(int, pthread_cond_signal, (pthread_cond_t * c), (c))
ENTRAIN_FORBID(int, pthread_cond_broadcast, (pthread_cond_t * c), (c))
ENTRAIN_FORBID(int, sem_wait, (sem_t * s), (s))
ENTRAIN_FORBID(int, sem_post, (sem_t * s), (s))
ENTRAIN_FORBID(int, clock_gettime, (clockid_t c, timespec* t), (c, t))
ENTRAIN_FORBID(int, gettimeofday, (timeval * t, void* zone), (t, zone))
ENTRAIN_FORBID(int, nanosleep, (const timespec* t, timespec* left), (t, left))
ENTRAIN_FORBID(char*, getenv, (const char* name), (name))

}  // extern "C"
