#include "engine/units/dsp/drive.h"

#include <cmath>

namespace entrain {
namespace {

constexpr float kA[] = {0.07711507983241622f, 0.4820706250610472f, 0.7968204713315797f, 0.9412514277740471f};
constexpr float kB[] = {0.2659685265210946f, 0.6651041532634957f, 0.8841015085506159f, 0.9820054141886075f};
constexpr float kKept = 0.25f;  ///< the peak that keeps its level

float curve(float u) { return u / std::sqrt(1 + u * u); }

}  // namespace

Drive::Lanes Drive::Halfband::tick(Lanes x) {
  for (int s = 0; s < kStages; ++s) {
    const Lanes a{kA[s], kB[s], kA[s], kB[s]};
    const Lanes y = a * (x - out[s]) + in[s];
    in[s] = x;
    out[s] = y;
    x = y;
  }
  return x;
}

void Drive::prepare(int rate) {
  engaged_.prepare(rate, 0.020, false);
  reset();
}

void Drive::reset() {
  clear();
  gain_ = level_ = 1;
  engaged_.reset();
}

void Drive::clear() {
  up_ = down_ = {};
  before_ = odd_ = Lanes{};
  root_before_ = Lanes{1, 1, 1, 1};
}

bool Drive::process(float* left, float* right, float decibels, bool sounds) {
  const bool on = decibels > 0;
  if (!sounds) engaged_.jump(on);
  if (!on && engaged_.off()) return false;
  if (engaged_.off()) clear();
  const Ramp in = sounds ? engaged_.step(on) : Ramp{1, 1};
  const float gain_to = amplitude_.of(decibels), level_to = kKept / curve(kKept * gain_to);
  if (!sounds || in.from == 0) gain_ = gain_to, level_ = level_to;
  const float gain_step = (gain_to - gain_) / kQuantum, level_step = (level_to - level_) / kQuantum;
  const float wet_step = (in.to - in.from) / kQuantum;
  float gain = gain_, level = level_, wet = in.from;
  for (int i = 0; i < kQuantum; ++i) {
    gain += gain_step, level += level_step, wet += wet_step;
    const float l = gain * left[i], r = gain * right[i];
    const Lanes u = up_.tick(Lanes{l, l, r, r});  // branch a is the earlier half
    Lanes root;
    for (int k = 0; k < 4; ++k) root[k] = std::sqrt(1 + u[k] * u[k]);
    const Lanes u0{before_[1], u[0], before_[3], u[2]},
        root0{root_before_[1], root[0], root_before_[3], root[2]};
    const Lanes y = (u + u0) / (root + root0);
    before_ = u;
    root_before_ = root;
    // Down: the later half goes through branch a, the earlier one through b, half a frame apart.
    const Lanes d = down_.tick(Lanes{y[1], y[0], y[3], y[2]});
    const float dl = 0.5f * level * (d[0] + d[1]), dr = 0.5f * level * (d[2] + d[3]);
    left[i] += wet * (dl - left[i]);
    right[i] += wet * (dr - right[i]);
  }
  gain_ = gain_to;
  level_ = level_to;
  return true;
}

}  // namespace entrain
