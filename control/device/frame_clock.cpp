#include "control/device/frame_clock.h"

#include <algorithm>
#include <cmath>

namespace entrain {

namespace {

constexpr double kSecond = 1e9;
constexpr double kJump = 0.05;           // seconds off the line: not jitter
constexpr int kJumpsBelieved = 3;        // so many in a row: the line has moved
constexpr double kLongEnough = 0.25;     // seconds of anchors before their slope is trusted
constexpr double kRateTolerance = 0.01;  // no crystal is further off than this

}  // namespace

void FrameClock::feed(Anchor anchor) {
  const std::lock_guard lock(mutex_);
  if (anchor.nanoseconds == last_fed_) return;  // none yet, or nothing new
  last_fed_ = anchor.nanoseconds;
  if (count_ > 0) {
    const double off = (static_cast<double>(anchor.frame) - predict(anchor.nanoseconds)) / rate_;
    if (std::abs(off) > kJump) {
      if (++outliers_ < kJumpsBelieved) return;
      count_ = next_ = 0;
    }
  }
  outliers_ = 0;
  anchors_[next_] = anchor;
  next_ = (next_ + 1) % kAnchors;
  count_ = std::min(count_ + 1, kAnchors);
  origin_ = anchor;
  fit();
}

std::int64_t FrameClock::frame_at(std::int64_t nanoseconds) const {
  const std::lock_guard lock(mutex_);
  return count_ == 0 ? 0 : static_cast<std::int64_t>(std::floor(predict(nanoseconds)));
}

double FrameClock::measured_rate() const {
  const std::lock_guard lock(mutex_);
  return count_ == 0 ? rate_ : slope_ * kSecond;
}

double FrameClock::predict(std::int64_t nanoseconds) const {
  return static_cast<double>(origin_.frame) + offset_ +
         slope_ * static_cast<double>(nanoseconds - origin_.nanoseconds);
}

// Ordinary least squares, around the newest anchor so that the numbers stay small.
void FrameClock::fit() {
  const double n = static_cast<double>(count_);
  double mean_t = 0, mean_f = 0, earliest = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const double t = static_cast<double>(anchors_[i].nanoseconds - origin_.nanoseconds);
    mean_t += t / n;
    mean_f += static_cast<double>(anchors_[i].frame - origin_.frame) / n;
    earliest = std::min(earliest, t);
  }
  double tt = 0, tf = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const double t = static_cast<double>(anchors_[i].nanoseconds - origin_.nanoseconds) - mean_t;
    tt += t * t;
    tf += t * (static_cast<double>(anchors_[i].frame - origin_.frame) - mean_f);
  }
  const double nominal = rate_ / kSecond;
  slope_ = -earliest > kLongEnough * kSecond
               ? std::clamp(tf / tt, nominal * (1 - kRateTolerance), nominal * (1 + kRateTolerance))
               : nominal;
  offset_ = mean_f - slope_ * mean_t;
}

}  // namespace entrain
