// Errand: work that may hang for ever, on a thread of its own that nobody has to wait for.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace entrain {

/// The result of work sent off. Who sent it may look, wait a bounded time, or drop it: dropped, the thread
/// destroys the result itself when it comes. The work must own all it touches and throw nothing. Control
/// side.
template <class T>
class Errand {
 public:
  /// Empty when the system has no thread left.
  static std::shared_ptr<Errand> send(std::function<T()> work) {
    auto errand = std::make_shared<Errand>();
    try {
      std::thread([errand, work = std::move(work)]() mutable {
        // libjack blocks SIGPIPE only in the thread that opens; closing on a dead server from another would
        // end the process.
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        T result = work();
        work = nullptr;  // what the work owned goes before the errand counts as done
        const std::lock_guard lock(errand->mutex_);
        errand->result_.emplace(std::move(result));
        errand->done_.notify_all();
      }).detach();
    } catch (const std::system_error&) {
      return nullptr;
    }
    return errand;
  }

  bool done() const {
    const std::lock_guard lock(mutex_);
    return result_.has_value();
  }
  bool wait_for(std::chrono::milliseconds limit) const {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, limit, [this] { return result_.has_value(); });
  }
  /// Only when done, and once.
  T take() {
    const std::lock_guard lock(mutex_);
    return std::move(*result_);
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable done_;
  std::optional<T> result_;
};

}  // namespace entrain
