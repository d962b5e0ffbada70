#include "engine/units/dsp/noise_sweep.h"

#include <algorithm>
#include <bit>

namespace entrain {
namespace {

constexpr float kOtherSide = 1.13f;  ///< the jet's delay on the right, to that on the left
constexpr double kHighest = 0.45;    ///< of the rate: where the filters stop
constexpr double kButterworth = 1.41421356237309504880;

SvfShape shape(double hertz, double damping, int rate) {
  return SvfShape::of(tangent(kPi * std::min(hertz / rate, kHighest)), damping);
}

}  // namespace

void NoiseSweep::prepare(int rate) {
  rate_ = rate;
  const auto longest = static_cast<std::size_t>(kLongestJet * static_cast<double>(kOtherSide) * rate) + 2;
  line_.assign(std::bit_ceil(longest), Stereo{});
}

void NoiseSweep::start(std::uint64_t draws) {
  noise_ = {draws, 0};
  high_pass_ = low_pass_ = {};
  std::fill(line_.begin(), line_.end(), Stereo{});
  written_ = 0;
  delay_ = 0;
}

/// y = x + strength * y, `delay` frames ago: louder where its delay fits whole waves.
Stereo NoiseSweep::jet(Stereo x, float strength, float delay) {
  const auto before = [&](float frames, std::size_t side) {
    const auto whole = static_cast<std::size_t>(frames);
    const float f = frames - static_cast<float>(whole);
    const std::size_t mask = line_.size() - 1;
    const float near = line_[(written_ - whole) & mask][side],
                far = line_[(written_ - whole - 1) & mask][side];
    return near + f * (far - near);
  };
  const Stereo y = x + strength * stereo(before(delay - 1, 0), before(delay * kOtherSide - 1, 1));
  written_ = (written_ + 1) & (line_.size() - 1);
  line_[written_] = y;
  return y;
}

void NoiseSweep::render(Stereo* to, int n, const Setting& setting) {
  const SvfShape low = shape(setting.high_hertz, setting.damping, rate_),
                 high = shape(setting.low_hertz, kButterworth, rate_);
  const auto delay = static_cast<float>(std::clamp(setting.jet_seconds, 0.0001, kLongestJet) * rate_);
  if (delay_ == 0) delay_ = delay;
  const float slope = (setting.gain.to - setting.gain.from) / static_cast<float>(n),
              bend = (delay - delay_) / static_cast<float>(n);
  float gain = setting.gain.from;
  for (int i = 0; i < n; ++i) {
    gain += slope, delay_ += bend;
    const Stereo x = jet(noise_.tick(), setting.jet, delay_);
    const auto lows = high_pass_.tick(x, high);
    to[i] += gain * low_pass_.tick(x - high.k * lows.band - lows.low, low).low;
  }
  delay_ = delay;
}

}  // namespace entrain
