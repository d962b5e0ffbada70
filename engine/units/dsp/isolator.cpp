#include "engine/units/dsp/isolator.h"

namespace entrain {

void Isolator::prepare(int rate) {
  low_ = SvfShape::butterworth(kLowCorner, rate);
  high_ = SvfShape::butterworth(kHighCorner, rate);
  engaged_.prepare(rate, 0.020, false);
  reset();
}

void Isolator::reset() {
  clear();
  gains_ = {1, 1, 1};
  engaged_.reset();
}

void Isolator::clear() { filters_ = {}; }

bool Isolator::process(float* left, float* right, const Bands& wanted, bool sounds) {
  const bool flat = wanted == Bands{1, 1, 1};
  if (!sounds) engaged_.jump(!flat), gains_ = wanted;
  if (flat && engaged_.off()) {
    gains_ = wanted;
    return false;
  }
  if (engaged_.off()) clear();
  const Ramp in = sounds ? engaged_.step(!flat) : Ramp{1, 1};
  Bands gain = gains_, step;
  for (std::size_t b = 0; b < 3; ++b) step[b] = (wanted[b] - gain[b]) / kQuantum;
  float wet = in.from;
  const float wet_step = (in.to - in.from) / kQuantum;
  auto filters = filters_;
  for (int i = 0; i < kQuantum; ++i) {
    const Stereo x = stereo(left[i], right[i]);
    // LR4: the low pass is Butterworth twice; the allpass less the low pass is the high pass.
    const auto first = filters[0].tick(x, low_);
    const Stereo low = filters[1].tick(first.low, low_).low;
    const Stereo above = x - 2 * low_.k * first.band - low;
    const auto second = filters[2].tick(above, high_);
    const Stereo mid = filters[3].tick(second.low, high_).low;
    const Stereo high = above - 2 * high_.k * second.band - mid;
    const Stereo aligned = low - 2 * high_.k * filters[4].tick(low, high_).band;
    for (std::size_t b = 0; b < 3; ++b) gain[b] += step[b];
    wet += wet_step;
    const Stereo y = x + wet * (gain[0] * aligned + gain[1] * mid + gain[2] * high - x);
    left[i] = y[0];
    right[i] = y[1];
  }
  filters_ = filters;
  gains_ = wanted;
  return true;
}

}  // namespace entrain
