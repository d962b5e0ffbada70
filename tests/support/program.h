// Programs that tests start.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace entrain::test {

/// Starts a program, which dies with the test; its output goes to `log` (or nowhere). Returns its pid, or -1
/// when it is not installed.
inline pid_t spawn(std::vector<std::string> words, const std::string& log = "/dev/null") {
  std::vector<char*> argv;
  for (auto& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  int started[2];  // closes when the program runs; carries a byte when it could not
  if (pipe2(started, O_CLOEXEC) != 0) return -1;
  const pid_t pid = fork();
  if (pid == 0) {  // only what is safe after a fork of a program with threads
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int in = open("/dev/null", O_RDONLY), out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    execvp(argv[0], argv.data());
    if (write(started[1], "x", 1) < 0) _exit(126);
    _exit(127);
  }
  close(started[1]);
  char byte = 0;
  const bool failed = pid < 0 || read(started[0], &byte, 1) == 1;
  close(started[0]);
  if (failed && pid > 0) waitpid(pid, nullptr, 0);
  return failed ? -1 : pid;
}

/// Runs a program to its end; its exit code, or -1.
inline int run(const std::vector<std::string>& words, const std::string& log = "/dev/null") {
  const pid_t pid = spawn(words, log);
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace entrain::test
