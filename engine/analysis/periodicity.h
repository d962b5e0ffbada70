// How much a curve resembles itself some time later.
#pragma once

#include <span>
#include <vector>

namespace entrain {

/// Correlations of a novelty curve with itself at lags up to `kLongestLag` seconds; 1 is equality.
class Periodicity {
 public:
  static constexpr double kLongestLag = 8.5;

  /// `rate`: values a second. The curve is freed of its moving mean and smoothed by about 10 ms first.
  Periodicity(std::span<const float> curve, double rate);

  /// Between -1 and 1, interpolated; normalised by the energies of the two stretches compared. 0 where fewer
  /// than 40 % of the curve can be compared: see known().
  double at(double lag_seconds) const;
  bool known(double lag_seconds) const { return lag_seconds > 0 && lag_seconds * rate_ <= last_; }

 private:
  double rate_ = 1, last_ = 0;  ///< values a second; the longest lag known, in values
  std::vector<float> values_;
};

}  // namespace entrain
