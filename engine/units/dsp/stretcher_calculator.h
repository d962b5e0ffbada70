// R2Calculator: what Rubber Band R2 will make of a hop, known before it is made.
#pragma once

#include <cstdint>

namespace entrain {

/// Mirrors the part of R2 that turns a time ratio into the next output increment
/// (StretchCalculator::calculateSingle, the same in 3.1 and 3.3): the input increment times the ratio, less a
/// part of how far the output is ahead of the sum of all increments times their ratios, both read a quarter
/// window in. Counting what R2 really did keeps it true over attacks, where R2 lays one hop at unity. Mending
/// a position without it would be mending twice. Realtime-safe values.
class R2Calculator {
 public:
  void reset(int rate, int window);

  /// The output increment R2 makes at `ratio` from `increment` when the hop holds no attack.
  int predict(double ratio, int increment) const;
  /// The ratio at which R2 makes about `hop` from `increment`; unbounded.
  double ratio_for(double hop, double increment) const;
  /// How far R2's output is ahead of the sum of all increments times their ratios.
  double surplus() const { return static_cast<double>(out_) - expected(); }

  /// Tells what a hop at `ratio` took and made.
  void count(double ratio, int increment, int made);

 private:
  double expected() const;

  int rate_ = 0, window_ = 0;
  std::int64_t in_ = 0, out_ = 0;
  std::int64_t mark_in_ = 0, mark_out_ = 0;  ///< where the ratio last changed
  double ratio_ = 1;
  bool fresh_ = true;
};

}  // namespace entrain
