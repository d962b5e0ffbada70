// FrameClock: which frame is it now? A straight line through recent meetings of wall time and frames.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include "control/device/meter.h"

namespace entrain {

/// Least squares over the last two seconds or so of anchors: smooths the jitter of the periods' begin and
/// follows the device's true rate (within 1 % of the nominal one). A lasting jump (a stall, a hand-over)
/// starts it anew; one odd anchor is ignored. Any thread but a realtime one (takes a lock).
class FrameClock {
 public:
  explicit FrameClock(int rate) : rate_(rate) {}

  /// Adds an anchor; one already known is ignored. Call some hundred times a second or less.
  void feed(Anchor anchor);

  /// The frame at a time on CLOCK_MONOTONIC, past or future; 0 before the first anchor.
  std::int64_t frame_at(std::int64_t nanoseconds) const;
  /// Frames per second as the wall clock sees them; the nominal rate until a quarter of a second is known.
  double measured_rate() const;

 private:
  static constexpr std::size_t kAnchors = 192;
  void fit();
  double predict(std::int64_t nanoseconds) const;

  const double rate_;
  mutable std::mutex mutex_;
  std::array<Anchor, kAnchors> anchors_{};  ///< a ring
  std::size_t count_ = 0, next_ = 0;
  int outliers_ = 0;
  std::int64_t last_fed_ = 0;
  Anchor origin_{};      ///< the newest anchor of the fit
  double offset_ = 0.0;  ///< frames at the origin's time, relative to the origin's frame
  double slope_ = 0.0;   ///< frames per nanosecond
};

}  // namespace entrain
