#include "engine/units/dsp/stretcher_calculator.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

// R2 mends a quarter of a small divergence per hop, and a larger one within 50 or 100 ms.
constexpr double kSmall = 100, kLarge = 1000;
constexpr double kQuarter = 0.25, kSoon = 1.0 / 20, kLater = 1.0 / 10;

}  // namespace

void R2Calculator::reset(int rate, int window) {
  *this = R2Calculator();
  rate_ = rate;
  window_ = window;
}

double R2Calculator::expected() const {
  return static_cast<double>(mark_out_) + static_cast<double>(in_ - mark_in_) * ratio_;
}

int R2Calculator::predict(double ratio, int increment) const {
  const bool same = fresh_ || ratio == ratio_;
  const double from = same ? static_cast<double>(in_ - mark_in_) : 0;
  const double base = same ? static_cast<double>(mark_out_) : std::round(expected());
  const double divergence =
      static_cast<double>(out_ + window_ / 4) - std::round(base + (from + window_ / 4) * ratio);
  const double far = std::abs(divergence);
  const double part = far > kLarge   ? increment / (rate_ * kLater)
                      : far > kSmall ? increment / (rate_ * kSoon)
                                     : kQuarter;
  const double made = std::rint(std::rint(increment * ratio) - divergence * part);
  return static_cast<int>(
      std::clamp(made, std::rint(increment * ratio * 0.3), std::rint(increment * ratio * 2)));
}

double R2Calculator::ratio_for(double hop, double increment) const {
  const double quarter = window_ / 4, ahead = surplus() + quarter;
  const auto solve = [&](double part) { return (hop + part * ahead) / (increment + part * quarter); };
  const double ratio = solve(kQuarter);
  if (std::abs(ahead - ratio * quarter) <= kSmall) return ratio;
  return solve(increment / (rate_ * kSoon));
}

void R2Calculator::count(double ratio, int increment, int made) {
  if (!fresh_ && ratio != ratio_) {
    mark_out_ = static_cast<std::int64_t>(std::round(expected()));
    mark_in_ = in_;
  }
  fresh_ = false;
  ratio_ = ratio;
  in_ += increment;
  out_ += made;
}

}  // namespace entrain
