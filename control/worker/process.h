// One worker process as its parent sees it: started, spoken to, ended.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/owned_fd.h"
#include "control/worker/wire.h"
#include "engine/core/result.h"

namespace entrain {

/// Owns a child process. It dies with the *thread* that started it (PR_SET_PDEATHSIG): start it from one that
/// lives as long as it should.
class WorkerProcess {
 public:
  /// Starts `command` (program, arguments; looked up in PATH when it has no slash) with a socket at
  /// kWorkerSocket, no other descriptor above 2, default signals, and its own process group, so that Ctrl-C
  /// at the terminal is the parent's to answer. Waits `patience` for it to say it is ready.
  static Result<WorkerProcess> start(const std::vector<std::string>& command,
                                     std::chrono::milliseconds patience, const std::atomic<bool>& cancelled);

  WorkerProcess(WorkerProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  ~WorkerProcess();  ///< kills it

  /// False when it is gone.
  bool send(std::string_view line) { return send_packet(socket_.get(), line); }

  /// Waits for a packet, until patience (see patience.h) is over or `cancelled`, looked at ten times a
  /// second, comes true: both give `timeout`.
  Received receive(Packet& packet, std::chrono::milliseconds patience, const std::atomic<bool>& cancelled);

  /// Kills it unless it is dead already, and tells what ended it: "SIGSEGV", "exit code 1". Waits for at most
  /// a few seconds of its time: a process stuck in a dead network drive cannot be ended by anybody.
  std::string end();

 private:
  WorkerProcess(pid_t pid, OwnedFd socket) : pid_(pid), socket_(std::move(socket)) {}

  pid_t pid_ = -1;
  OwnedFd socket_;
};

}  // namespace entrain
