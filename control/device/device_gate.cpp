#include "control/device/device_gate.h"

#include <time.h>

#include <algorithm>

#include "control/device/touch_stack.h"

namespace entrain {

namespace {

constexpr std::int64_t kWindow = 250'000'000;      // nanoseconds over which a run-away is judged
constexpr std::int64_t kSettling = 3'000'000'000;  // a device may fill its buffers when it starts
constexpr std::int64_t kSettlingBurst = 4;         // seconds of audio, then
constexpr timespec kPenalty{0, 5'000'000};         // a run-away must not eat the machine

}  // namespace

Result<std::shared_ptr<DeviceGate>> DeviceGate::make(std::shared_ptr<DrivenEngine> engine, Baton::Turn turn,
                                                     const OpenedDevice& opened) {
  std::shared_ptr<DeviceGate> gate(new DeviceGate(engine, turn, opened));
  auto adapter = Adapter::make(*gate->engine_, {engine->rate, opened.rate, opened.channels});
  if (!adapter) return adapter.error();
  gate->adapter_ = std::move(*adapter);
  return gate;
}

void DeviceGate::period(float* out, int frames, bool xrun) noexcept {
  const std::int64_t began = monotonic_nanoseconds();
  if (last_call_.load(std::memory_order_relaxed) == 0) touch_stack();
  last_call_.store(began, std::memory_order_release);
  if (runs_away(began, frames) || !engine_->baton.try_enter(turn_)) {
    std::fill_n(out, static_cast<std::ptrdiff_t>(frames) * opened_.channels, 0.f);
    // Only a device that is already lost gets here: no music depends on this thread any more.
    if (ran_away_.load(std::memory_order_relaxed)) clock_nanosleep(CLOCK_MONOTONIC, 0, &kPenalty, nullptr);
    return;
  }
  if (xrun) engine_->meter.xrun();
  engine_->meter.begin({engine_->rendered() - adapter_->ahead(), began});
  adapter_->pull(out, frames);
  const std::int64_t ended = monotonic_nanoseconds();
  const double lasts = frames * 1e9 / opened_.rate;
  engine_->meter.end(static_cast<float>(static_cast<double>(ended - began) / lasts), ended);
  engine_->baton.leave(turn_);
  last_call_.store(ended, std::memory_order_release);
}

bool DeviceGate::runs_away(std::int64_t now, int frames) noexcept {
  if (opened_.burst == 0) return false;
  if (ran_away_.load(std::memory_order_relaxed)) return true;
  if (first_call_ == 0) first_call_ = now;
  if (now - window_ > kWindow) {
    window_ = now;
    window_frames_ = 0;
  }
  window_frames_ += frames;
  const bool settling = now - first_call_ < kSettling;
  const std::int64_t most =
      opened_.rate / 2 + (settling ? std::max(kSettlingBurst * opened_.rate, opened_.burst) : opened_.burst);
  if (window_frames_ > most) ran_away_.store(true, std::memory_order_relaxed);
  return window_frames_ > most;
}

}  // namespace entrain
