// A triple buffer: one writer, one reader, the latest value wins, nobody ever waits.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace entrain {

template <class T>
class TripleBuffer {
 public:
  /// Writer: fill back(), then publish(). Realtime-safe.
  T& back() { return slots_[back_]; }
  void publish() { back_ = middle_.exchange(static_cast<std::uint8_t>(back_ | kFresh), std::memory_order_acq_rel) & kIndex; }

  /// Reader: true when something was published since the last call; front() is then the latest. Realtime-safe.
  bool refresh() {
    if ((middle_.load(std::memory_order_relaxed) & kFresh) == 0) return false;
    front_ = middle_.exchange(front_, std::memory_order_acq_rel) & kIndex;
    return true;
  }
  const T& front() const { return slots_[front_]; }

 private:
  static constexpr std::uint8_t kFresh = 4, kIndex = 3;
  std::array<T, 3> slots_{};
  std::uint8_t back_ = 0, front_ = 1;
  std::atomic<std::uint8_t> middle_{2};
};

}  // namespace entrain
