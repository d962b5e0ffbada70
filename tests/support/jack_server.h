// A real jackd with the dummy driver, started, killed and changed by a test.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/counting_source.h"
#include "tests/support/program.h"

namespace entrain::test {

/// A server of a name of its own, that this process's JACK clients (and its children's) find as the default.
/// One at a time on a machine, whichever programs test: JACK knows eight servers and keeps the place of one
/// that was killed until one of the same name starts, and a frozen jackd may hold the lock on that register.
class JackServer {
 public:
  JackServer() {
    lock_ = open(("/tmp/" + name_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock_ < 0 ||
        !eventually([this] { return flock(lock_, LOCK_EX | LOCK_NB) == 0; }, std::chrono::seconds(240))) {
      FAIL("another test holds /tmp/" << name_ << ".lock: end it, or remove the file when it is not yours");
    }
    setenv("JACK_DEFAULT_SERVER", name_.c_str(), 1);
    setenv("JACK_NO_AUDIO_RESERVATION", "1", 1);
  }
  ~JackServer() {
    stop();
    close(lock_);
  }
  JackServer(const JackServer&) = delete;
  JackServer& operator=(const JackServer&) = delete;

  /// Fails the test, with a sentence, when jackd is not installed.
  void start(int rate = 48'000, int period = 64) {
    pid_ = spawn({"jackd", "-n", name_, "-r", "-S", "-d", "dummy", "-r", std::to_string(rate), "-p",
                  std::to_string(period)});
    if (pid_ < 0) FAIL("jackd is not installed: this law needs a real server; apt-get install jackd2");
  }
  void kill_hard() { end(SIGKILL); }  ///< frozen or not
  void stop() {
    thaw();
    end(SIGTERM);
  }
  void freeze() { signal(SIGSTOP); }
  void thaw() { signal(SIGCONT); }
  bool runs() const { return pid_ > 0; }

  /// Once the server answers, changes its period; retried, as it may be busy with a client.
  static bool set_period(int frames) {
    return eventually([&] { return run({"jack_bufsize", std::to_string(frames)}) == 0; });
  }

 private:
  void signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
  }
  void end(int number) {
    if (pid_ <= 0) return;
    signal(number);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  const std::string name_ = "entrain-test-server";  // no client's name: libjack's sockets are told apart by it
  int lock_ = -1;
  pid_t pid_ = -1;
};

}  // namespace entrain::test
