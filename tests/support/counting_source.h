// A source whose samples are the frame numbers, and which notices when two threads render at once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "control/device/quantum_source.h"

namespace entrain::test {

/// Samples: the frame's number modulo 2^20 plus 1 (so that silence is no frame), on every channel.
class CountingSource final : public QuantumSource {
 public:
  static constexpr std::int64_t kModulo = 1 << 20;
  static float sample(std::int64_t frame) { return static_cast<float>(frame % kModulo + 1); }

  void render(float* const* out) noexcept override {
    if (inside_.exchange(true)) overlapped.store(true);
    // Plain, so that a thread sanitizer sees a hand-over without order even when the threads do not overlap.
    for (int i = 0; i < frames; ++i) {
      for (int c = 0; c < channels; ++c) out[c][i] = sample(plain_frame_ + i);
    }
    plain_frame_ += frames;
    if (busy_microseconds.load(std::memory_order_relaxed) > 0) {
      const auto until =
          std::chrono::steady_clock::now() + std::chrono::microseconds(busy_microseconds.load());
      while (std::chrono::steady_clock::now() < until) {
      }
    }
    if (forbidden.load()) rendered_when_forbidden.store(true);
    rendered.store(plain_frame_);
    inside_.store(false);
  }

  std::atomic<std::int64_t> rendered{0};
  std::atomic<bool> overlapped{false};
  std::atomic<int> busy_microseconds{0};  ///< how long a quantum takes
  std::atomic<bool> forbidden{false}, rendered_when_forbidden{false};

 private:
  std::atomic<bool> inside_{false};
  std::int64_t plain_frame_ = 0;
};

/// Collects the host's sentences.
class Sentences {
 public:
  std::function<void(std::string)> taker() {
    return [this](const std::string& sentence) {
      const std::lock_guard lock(mutex_);
      all_.push_back(sentence);
    };
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  int count(const std::string& part) const {
    int n = 0;
    for (const auto& s : all()) n += s.find(part) != std::string::npos;
    return n;
  }
  std::string text() const {
    std::string joined;
    for (const auto& s : all()) joined += s + "\n";
    return joined;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

/// Polls until `condition` holds; false after 30 s, generous for a machine under load.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::seconds limit = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace entrain::test
