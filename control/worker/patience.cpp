#include "control/worker/patience.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace entrain {
namespace {

struct Seen {
  bool known = false, runnable = false;
  Patience::Time used{0};
};

/// proc(5): after the name, in parentheses, come the state and, eleven fields later, user and system ticks.
Seen look_at(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  std::string state, skipped;
  long long user = 0, system = 0;
  fields >> state;
  for (int i = 0; i < 10; ++i) fields >> skipped;
  if (!(fields >> user >> system)) return {};
  return {true, state == "R", Patience::Time((user + system) * 1000 / std::max(1L, ::sysconf(_SC_CLK_TCK)))};
}

}  // namespace

Patience::Patience(pid_t pid, Time limit) : pid_(pid), left_(limit), used_(look_at(pid).used) {}

void Patience::spend(Time time) {
  const Seen now = look_at(pid_);
  const Time ran = std::clamp(now.used - used_, Time{0}, time);
  left_ = std::max(Time{0}, left_ - (now.known && now.runnable ? ran : time));
  if (now.known) used_ = now.used;
}

}  // namespace entrain
