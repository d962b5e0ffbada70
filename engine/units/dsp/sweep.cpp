#include "engine/units/dsp/sweep.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

constexpr float kBlend = 0.06f;  ///< of the knob's way, over which it blends in

}  // namespace

void Sweep::prepare(int rate) {
  rate_ = rate;
  reset();
}

void Sweep::reset() {
  clear();
  knob_ = resonance_ = 0;
  at_ = setting(0, 0);
}

Sweep::Setting Sweep::setting(float knob, float resonance) const {
  const double part = std::abs(knob);
  // log2 of 30 / 20000 and of 12000 / 20.
  const double hertz =
      knob < 0 ? 20'000 * exp2_exact(-9.3808217839 * part) : 20 * exp2_exact(9.2288186905 * part);
  const double bounded = std::min(hertz, 0.45 * rate_);
  const double damping = 1.41421356237309504880 * exp2_exact(-4.1 * resonance);
  return {std::min(static_cast<float>(part) / kBlend, 1.0f), tangent(kPi * bounded / rate_), damping};
}

bool Sweep::process(float* left, float* right, float knob, float resonance, bool sounds) {
  // From one side to the other the way leads through the middle, where the filter changes over unheard.
  if ((knob < 0) != (knob_ < 0) && knob != 0 && knob_ != 0 && sounds) knob = 0;
  const Setting from = at_;
  const bool high = knob > 0 || (knob == 0 && knob_ > 0);
  if (knob != knob_ || resonance != resonance_) {
    at_ = setting(knob, resonance);
    if (knob == 0) at_.g = from.g;
  }
  const bool fresh = knob_ == 0;
  knob_ = knob, resonance_ = resonance;
  if (from.wet == 0 && at_.wet == 0) return false;
  if (!sounds || fresh) clear();
  Setting now = sounds ? from : at_;
  if (fresh) now.g = at_.g;
  const bool still = now.g == at_.g && now.damping == at_.damping;
  SvfShape shape = SvfShape::of(at_.g, at_.damping);
  const double g_step = (at_.g - now.g) / kQuantum, damping_step = (at_.damping - now.damping) / kQuantum;
  const float wet_step = (at_.wet - now.wet) / kQuantum;
  Svf filter = filter_;
  if (fresh && sounds && !high) filter.s2 = stereo(left[0], right[0]);  // as if that had stood there always
  for (int i = 0; i < kQuantum; ++i) {
    if (!still) {
      now.g += g_step, now.damping += damping_step;
      shape = SvfShape::of(now.g, now.damping);
    }
    now.wet += wet_step;
    const Stereo x = stereo(left[i], right[i]);
    const auto out = filter.tick(x, shape);
    const Stereo wet = high ? x - shape.k * out.band - out.low : out.low;
    const Stereo y = x + now.wet * (wet - x);
    left[i] = y[0];
    right[i] = y[1];
  }
  filter_ = filter;
  return true;
}

}  // namespace entrain
