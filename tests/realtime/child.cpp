#include "tests/realtime/child.h"

#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

namespace entrain::test {

Ending in_child(const std::function<void()>& deed) {
  std::array<int, 2> words{};
  if (::pipe(words.data()) != 0) return {};
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(words[1], 2);
    ::close(words[0]);
    ::close(words[1]);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) ::signal(signal, SIG_DFL);  // not the test program's
    deed();
    ::_exit(0);
  }
  ::close(words[1]);
  Ending ending;
  if (child < 0) {
    ::close(words[0]);
    return ending;
  }
  ending.said = drain(words[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) ending.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  return ending;
}

std::string drain(int fd) {
  std::string all;
  std::array<char, 4096> some;
  for (ssize_t n; (n = ::read(fd, some.data(), some.size())) > 0;) all.append(some.data(), static_cast<std::size_t>(n));
  ::close(fd);
  return all;
}

}  // namespace entrain::test
