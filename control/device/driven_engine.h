// DrivenEngine: the engine as its clocks share it - who may render, how far it came, what it costs.
#pragma once

#include <atomic>
#include <cstdint>

#include "control/device/baton.h"
#include "control/device/meter.h"
#include "control/device/quantum_source.h"

namespace entrain {

/// Counts every quantum, so that whichever clock goes on knows where the last one stopped. The clocks hold it
/// by shared_ptr: a device library whose close hangs may call back long after the host is gone, and then
/// finds a baton that is nobody's; `source` itself is touched only by who entered the baton.
class DrivenEngine final : public QuantumSource {
 public:
  DrivenEngine(QuantumSource& source, int frames_per_second) : rate(frames_per_second), source_(source) {}

  const int rate;  ///< frames per second, fixed for the whole jam
  Baton baton;
  PeriodMeter meter;

  /// Only after entering the baton. Realtime-safe.
  void render(float* const* out) noexcept override {
    source_.render(out);
    rendered_.store(rendered_.load(std::memory_order_relaxed) + frames, std::memory_order_relaxed);
  }
  bool split() const noexcept override { return source_.split(); }
  /// Frames rendered so far. Any thread; exact for who entered the baton, or while nobody is inside.
  std::int64_t rendered() const noexcept { return rendered_.load(std::memory_order_relaxed); }

  /// The frame that is due at a time, counting on from the last period that began; 0 before the first.
  std::int64_t due(std::int64_t nanoseconds) const noexcept {
    const Anchor anchor = meter.anchor();
    if (anchor.nanoseconds == 0) return 0;
    const double seconds = static_cast<double>(nanoseconds - anchor.nanoseconds) * 1e-9;
    return anchor.frame + static_cast<std::int64_t>(seconds * rate);
  }

 private:
  QuantumSource& source_;
  std::atomic<std::int64_t> rendered_{0};
};

}  // namespace entrain
