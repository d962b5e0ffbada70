// PeriodMeter: what the driving clock measures of each period - where wall time meets frames, and the load.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace entrain {

/// A point where wall time meets the engine's time: `frame` was the next to be handed out at `nanoseconds`
/// (CLOCK_MONOTONIC, which is std::chrono::steady_clock here). nanoseconds 0: none yet.
struct Anchor {
  std::int64_t frame = 0;
  std::int64_t nanoseconds = 0;
};

/// CLOCK_MONOTONIC in nanoseconds, read without a system call (vDSO). Realtime-safe.
std::int64_t monotonic_nanoseconds() noexcept;

/// Written by the one clock that holds the baton, read by any thread. Realtime-safe on both sides.
class PeriodMeter {
 public:
  /// Publishes the anchor, at the begin of a period.
  void begin(Anchor anchor) noexcept;
  /// Measures the load, at its end: `share` = time taken / time the period lasts.
  void end(float share, std::int64_t now) noexcept;
  void xrun() noexcept { xruns_.fetch_add(1, std::memory_order_relaxed); }

  Anchor anchor() const noexcept;
  float last_load() const noexcept { return last_.load(std::memory_order_relaxed); }
  /// The largest share within the minute before `now`.
  float worst_load(std::int64_t now) const noexcept;
  std::int64_t xruns() const noexcept { return xruns_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::int64_t kSeconds = 60;
  struct Second {
    std::atomic<std::int64_t> number{-kSeconds - 1};
    std::atomic<float> worst{0.f};
  };

  // A sequence lock whose data are atomics, so that a torn read is noticed and no race is undefined.
  std::atomic<std::uint64_t> sequence_{0};
  std::atomic<std::int64_t> frame_{0}, nanoseconds_{0};
  std::atomic<float> last_{0.f};
  std::atomic<std::int64_t> xruns_{0};
  std::array<Second, kSeconds> seconds_{};
};

}  // namespace entrain
