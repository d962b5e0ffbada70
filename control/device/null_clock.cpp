#include "control/device/null_clock.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "control/device/touch_stack.h"

namespace entrain {

namespace {

// A clock that is behind breathes after so much audio, or an engine slower than real time would starve the
// machine from the height of SCHED_FIFO.
constexpr double kBreatheAfterSeconds = 0.25;
constexpr std::int64_t kBreath = 1'000'000;  // nanoseconds

void sleep_until(std::int64_t nanoseconds) {
  const timespec at{static_cast<time_t>(nanoseconds / 1'000'000'000),
                    static_cast<long>(nanoseconds % 1'000'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
  }
}

}  // namespace

std::string ask_for_realtime(std::thread& thread, const std::string& what, int priority) {
  sched_param param{};
  param.sched_priority = priority;
  const int refused = pthread_setschedparam(thread.native_handle(), SCHED_FIFO, &param);
  if (refused == 0) return {};
  return what + " runs without real-time priority (" + std::strerror(refused) +
         "), so a busy machine may interrupt it: put '@audio - rtprio 95' into "
         "/etc/security/limits.d/audio.conf, join the group audio and log in again.";
}

NullClock::NullClock(std::shared_ptr<DrivenEngine> engine, int period, double longest_hole_seconds)
    : engine_(std::move(engine)),
      period_(std::max(1, (period + QuantumSource::frames - 1) / QuantumSource::frames) *
              QuantumSource::frames),
      longest_hole_(longest_hole_seconds),
      thread_([this] { loop(); }) {
  scheduling_note_ = ask_for_realtime(thread_, "The null clock", kRenderPriority);
}

NullClock::~NullClock() {
  {
    const std::lock_guard lock(mutex_);
    quit_.store(true, std::memory_order_relaxed);
  }
  wake_.notify_one();
  thread_.join();
}

void NullClock::run(Baton::Turn turn, std::int64_t start) {
  {
    const std::lock_guard lock(mutex_);
    turn_ = turn;
    start_ = start;
  }
  wake_.notify_one();
}

void NullClock::loop() {
  touch_stack();
  for (;;) {
    Baton::Turn turn;
    std::int64_t start;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return turn_ != Baton::kNobody || quit_.load(std::memory_order_relaxed); });
      if (quit_.load(std::memory_order_relaxed)) return;
      turn = std::exchange(turn_, Baton::kNobody);
      start = start_;
    }
    drive(turn, start);
  }
}

/// Renders until the baton is another's, or the clock is destroyed.
void NullClock::drive(Baton::Turn turn, std::int64_t start) {
  const double per_frame = 1e9 / engine_->rate;
  std::int64_t frame = 0, unbroken = 0;
  while (!quit_.load(std::memory_order_relaxed)) {
    const std::int64_t deadline = start + static_cast<std::int64_t>(static_cast<double>(frame) * per_frame);
    const std::int64_t late = monotonic_nanoseconds() - deadline;
    if (late < 0) {
      sleep_until(deadline);
      unbroken = 0;
    } else if (static_cast<double>(late) > longest_hole_ * 1e9) {
      left_out_.fetch_add(static_cast<std::int64_t>(static_cast<double>(late) / per_frame),
                          std::memory_order_relaxed);
      start += late;
    } else if (static_cast<double>(unbroken) > kBreatheAfterSeconds * engine_->rate) {
      sleep_until(monotonic_nanoseconds() + kBreath);
      unbroken = 0;
    }
    if (!render_period(turn)) return;
    frame += period_;
    unbroken += period_;
  }
}

/// False when the turn has passed.
bool NullClock::render_period(Baton::Turn turn) noexcept {
  if (!engine_->baton.try_enter(turn)) return false;
  std::array<std::array<float, QuantumSource::frames>, QuantumSource::channels> quantum;
  float* out[QuantumSource::channels];
  for (int c = 0; c < QuantumSource::channels; ++c) out[c] = quantum[static_cast<std::size_t>(c)].data();

  const std::int64_t began = monotonic_nanoseconds();
  engine_->meter.begin({engine_->rendered(), began});
  for (int done = 0; done < period_; done += QuantumSource::frames) engine_->render(out);
  const std::int64_t ended = monotonic_nanoseconds();
  const double lasts = period_ * 1e9 / engine_->rate;
  engine_->meter.end(static_cast<float>(static_cast<double>(ended - began) / lasts), ended);
  engine_->baton.leave(turn);
  return true;
}

}  // namespace entrain
