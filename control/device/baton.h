// Baton: one atomic word that says which clock may drive the engine, and whether it is inside it now.
#pragma once

#include <atomic>
#include <cstdint>

namespace entrain {

/// Every clock that ever drives gets a turn number of its own, never used again. Only the turn that holds
/// the baton can enter, and it can be passed on only while nobody is inside: so a callback that fires late,
/// after its turn has passed, cannot enter, and two clocks can never render at once.
/// Nobody waits here: every call is one compare-and-swap. Realtime-safe.
class Baton {
 public:
  using Turn = std::uint32_t;
  static constexpr Turn kNobody = 0;

  /// A clock, before it renders. False: not its turn (any more); it must not touch the engine.
  bool try_enter(Turn turn) noexcept {
    std::uint64_t expected = idle(turn);
    return turn != kNobody &&
           word_.compare_exchange_strong(expected, idle(turn) | kInside, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }
  /// The clock that entered, when it is done.
  void leave(Turn turn) noexcept { word_.store(idle(turn), std::memory_order_release); }

  /// Control side: makes `next` the only turn. False: somebody is inside; try again in a millisecond.
  bool try_pass(Turn next) noexcept {
    std::uint64_t now = word_.load(std::memory_order_acquire);
    return (now & kInside) == 0 && word_.compare_exchange_strong(now, idle(next), std::memory_order_acq_rel,
                                                                 std::memory_order_relaxed);
  }

  Turn holder() const noexcept { return static_cast<Turn>(word_.load(std::memory_order_acquire) >> 1); }

 private:
  static constexpr std::uint64_t kInside = 1;
  static constexpr std::uint64_t idle(Turn turn) { return static_cast<std::uint64_t>(turn) << 1; }

  std::atomic<std::uint64_t> word_{idle(kNobody)};
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
};

}  // namespace entrain
