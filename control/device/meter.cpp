#include "control/device/meter.h"

#include <time.h>

#include <algorithm>

namespace entrain {

std::int64_t monotonic_nanoseconds() noexcept {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

void PeriodMeter::begin(Anchor anchor) noexcept {
  const std::uint64_t s = sequence_.load(std::memory_order_relaxed);
  sequence_.store(s + 1, std::memory_order_relaxed);
  // Release on the data keeps the odd number before them without a fence, which TSan would not see.
  frame_.store(anchor.frame, std::memory_order_release);
  nanoseconds_.store(anchor.nanoseconds, std::memory_order_release);
  sequence_.store(s + 2, std::memory_order_release);
}

Anchor PeriodMeter::anchor() const noexcept {
  for (;;) {
    const std::uint64_t before = sequence_.load(std::memory_order_acquire);
    const Anchor anchor{frame_.load(std::memory_order_acquire), nanoseconds_.load(std::memory_order_acquire)};
    if ((before & 1) == 0 && sequence_.load(std::memory_order_relaxed) == before) return anchor;
  }
}

void PeriodMeter::end(float share, std::int64_t now) noexcept {
  last_.store(share, std::memory_order_relaxed);
  const std::int64_t number = now / 1'000'000'000;
  Second& second = seconds_[static_cast<std::size_t>(number % kSeconds)];
  if (second.number.load(std::memory_order_relaxed) != number) {
    second.worst.store(share, std::memory_order_relaxed);
    second.number.store(number, std::memory_order_relaxed);
  } else if (share > second.worst.load(std::memory_order_relaxed)) {
    second.worst.store(share, std::memory_order_relaxed);
  }
}

float PeriodMeter::worst_load(std::int64_t now) const noexcept {
  const std::int64_t number = now / 1'000'000'000;
  float worst = 0.f;
  for (const Second& second : seconds_) {
    const std::int64_t age = number - second.number.load(std::memory_order_relaxed);
    if (age >= 0 && age < kSeconds) worst = std::max(worst, second.worst.load(std::memory_order_relaxed));
  }
  return worst;
}

}  // namespace entrain
