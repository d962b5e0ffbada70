// Limits on what others can make us do. Each for one thread; time is handed in.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace entrain {

using SteadyTime = std::chrono::steady_clock::time_point;

/// So many a second, with a burst: a leaking bucket.
class OscBudget {
 public:
  OscBudget(double per_second, double burst) : per_second_(per_second), burst_(burst), left_(burst) {}

  bool spend(double amount, SteadyTime now) {
    if (last_)
      left_ = std::min(burst_, left_ + per_second_ * std::chrono::duration<double>(now - *last_).count());
    last_ = now;
    if (left_ < amount) return false;
    left_ -= amount;
    return true;
  }

 private:
  double per_second_, burst_, left_;
  std::optional<SteadyTime> last_;
};

/// One a second; the others are counted.
class OscHush {
 public:
  /// True when it may be said; `unsaid` is then how many were not since the last.
  bool may_speak(SteadyTime now, std::uint64_t& unsaid) {
    if (last_ && now - *last_ < std::chrono::seconds(1)) {
      ++unsaid_;
      return false;
    }
    last_ = now;
    unsaid = std::exchange(unsaid_, 0);
    return true;
  }

 private:
  std::optional<SteadyTime> last_;
  std::uint64_t unsaid_ = 0;
};

}  // namespace entrain
