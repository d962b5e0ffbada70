#include "control/worker/process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <system_error>
#include <thread>

#include "control/worker/patience.h"
#include "control/worker/worker.h"

extern char** environ;

namespace entrain {
namespace {

/// posix_spawn's two objects, set up and destroyed together.
class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    ::posix_spawn_file_actions_init(&files_);
    // A decoding library's chatter must not run through the performer's terminal.
    for (const int standard : {0, 1, 2})
      ::posix_spawn_file_actions_addopen(&files_, standard, "/dev/null", O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&files_, socket, kWorkerSocket);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int spawn(pid_t& pid, const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    return ::posix_spawnp(&pid, arguments[0], &files_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

std::string ending(int status) {
  if (!WIFSIGNALED(status)) return "exit code " + std::to_string(WEXITSTATUS(status));
  const char* name = ::sigabbrev_np(WTERMSIG(status));
  return name ? std::string("SIG") + name : "signal " + std::to_string(WTERMSIG(status));
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(const std::vector<std::string>& command,
                                           std::chrono::milliseconds patience,
                                           const std::atomic<bool>& cancelled) {
  if (command.empty()) return Error{"No program is named to decode sounds; reinstall entrain."};
  const auto failed = [&](const std::string& why) {
    return Error{"Sounds cannot be loaded: the decoder " + command[0] + " did not start (" + why +
                 "); reinstall entrain, or free memory."};
  };
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return failed(std::generic_category().message(errno));
  OwnedFd ours(ends[0]), theirs(ends[1]);
  pid_t pid = -1;
  if (const int error = SpawnPlan(theirs.get()).spawn(pid, command); error != 0)
    return failed(std::generic_category().message(error));
  theirs.reset();

  WorkerProcess process(pid, std::move(ours));
  Packet packet;
  const Received hello = process.receive(packet, patience, cancelled);
  if (hello == Received::timeout) return failed(cancelled ? "stopped" : "no sign of life");
  if (hello == Received::closed) return failed(process.end());
  if (packet.line != R"({"ready":1})") return failed("it is some other program");
  return process;
}

WorkerProcess::~WorkerProcess() { end(); }

Received WorkerProcess::receive(Packet& packet, std::chrono::milliseconds patience,
                                const std::atomic<bool>& cancelled) {
  Patience left(pid_, patience);
  while (left.slice().count() > 0 && !cancelled) {
    const auto slice = left.slice();
    if (const Received got = receive_packet(socket_.get(), slice, packet); got != Received::timeout)
      return got;
    left.spend(slice);
  }
  return Received::timeout;
}

std::string WorkerProcess::end() {
  if (pid_ <= 0) return "already gone";
  const pid_t pid = std::exchange(pid_, -1);
  socket_.reset();
  ::kill(pid, SIGKILL);  // one that died of something else keeps its own cause
  const sched_param none{};
  ::sched_setscheduler(pid, SCHED_OTHER, &none);  // where allowed: to die takes processor time, too
  int status = 0;
  constexpr std::chrono::milliseconds kPause{1};
  for (Patience left(pid, std::chrono::seconds(3)); left.slice().count() > 0; left.spend(kPause)) {
    const pid_t got = ::waitpid(pid, &status, WNOHANG);
    if (got == pid) return ending(status);
    if (got < 0 && errno != EINTR) return "unknown cause";  // the host ignores SIGCHLD
    std::this_thread::sleep_for(kPause);
  }
  return "it cannot be ended";
}

}  // namespace entrain
