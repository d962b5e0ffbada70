// DeviceGate: where a device's callback meets the engine - or silence, when it is not the device's turn.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "control/device/adapter.h"
#include "control/device/backend.h"
#include "control/device/driven_engine.h"

namespace entrain {

/// One per opened device. Before its turn and after it the device gets silence, but its heartbeat counts.
class DeviceGate final : public PeriodSink {
 public:
  /// `turn`: the gate's own; it holds the baton only once the host passes it. Control side.
  static Result<std::shared_ptr<DeviceGate>> make(std::shared_ptr<DrivenEngine> engine, Baton::Turn turn,
                                                  const OpenedDevice& opened);

  void period(float* out, int frames, bool xrun) noexcept override;

  /// Before the turn begins: the device comes in over `frames` of its own. Control side.
  void fade_in(int frames) noexcept { adapter_->fade_in(frames); }

  Baton::Turn turn() const { return turn_; }
  const OpenedDevice& opened() const { return opened_; }
  bool resamples() const { return adapter_->resamples(); }
  /// When the device last called, on CLOCK_MONOTONIC in nanoseconds; 0 before the first time. Any thread.
  std::int64_t last_call() const noexcept { return last_call_.load(std::memory_order_acquire); }
  /// It calls far faster than time passes: the device behind it is gone. Any thread.
  bool ran_away() const noexcept { return ran_away_.load(std::memory_order_relaxed); }

 private:
  DeviceGate(std::shared_ptr<DrivenEngine> engine, Baton::Turn turn, const OpenedDevice& opened)
      : engine_(std::move(engine)), turn_(turn), opened_(opened) {}
  bool runs_away(std::int64_t now, int frames) noexcept;

  const std::shared_ptr<DrivenEngine> engine_;
  const Baton::Turn turn_;
  const OpenedDevice opened_;
  std::unique_ptr<Adapter> adapter_;  ///< touched by who entered the baton with turn_
  std::atomic<std::int64_t> last_call_{0};
  std::atomic<bool> ran_away_{false};
  std::int64_t first_call_ = 0, window_ = 0, window_frames_ = 0;  ///< the callback's own
};

}  // namespace entrain
