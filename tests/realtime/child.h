// A child process for what may end it.
#pragma once

#include <functional>
#include <string>

namespace entrain::test {

/// Forks and runs `deed`, which may end the child. What it said on standard error, and how it ended.
struct Ending {
  int exit_code = -1;  ///< -1: by a signal
  int signal = 0;
  std::string said;
};
Ending in_child(const std::function<void()>& deed);

/// Reads all that comes from a pipe, and closes it.
std::string drain(int fd);

}  // namespace entrain::test
