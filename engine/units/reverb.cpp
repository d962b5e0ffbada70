#include "engine/units/reverb.h"

#include <algorithm>

namespace entrain {

void Reverb::prepare(int rate) {
  rate_ = rate;
  waiting_.prepare(rate / 4 + kQuantum, rate, 0.025);
  room_.prepare(rate);
  tail_.prepare(rate);
  reset();
}

void Reverb::reset() {
  waiting_.clear();
  room_.reset();
  tail_.reset();
  level_ = 1;
}

void Reverb::clear() {
  waiting_.clear();
  room_.clear();
}

void Reverb::process(const Context& context, Controls controls, Buses& buses) {
  tail_.begin(context.end_notes, context.silence);
  const bool fed = buses.live(Bus::reverb) && !tail_.deaf();
  float* left = buses.left(Bus::reverb);
  float* right = buses.right(Bus::reverb);
  if (!fed) std::fill_n(left, kQuantum, 0.0f), std::fill_n(right, kQuantum, 0.0f);
  const float level_to = gain_amplitude_.of(controls.ramp(gain).to);
  if (!tail_.awake()) level_ = level_to;
  if (!fed && !tail_.awake()) return;

  FeedbackNetwork::Setting setting;
  setting.seconds = controls.ramp(time).to;
  setting.low_ratio = controls.ramp(low).to;
  setting.high_ratio = controls.ramp(high).to;
  setting.size = controls.ramp(size).to;
  setting.modulation = controls.ramp(modulation).to;
  room_.set(setting, !tail_.awake());
  tail_.wake();

  const Kernels& kernels = *context.kernels;
  waiting_.write(left, right);
  waiting_.read(static_cast<int>(controls.ramp(predelay).to * static_cast<float>(rate_) * 0.001f), left,
                right);
  waiting_.advance();
  const float going_in = std::max(kernels.level(left, kQuantum).peak, kernels.level(right, kQuantum).peak);
  room_.process(left, right, kernels);
  const float coming_out = std::max(kernels.level(left, kQuantum).peak, kernels.level(right, kQuantum).peak);

  const Ramp wide = controls.ramp(width), calm = tail_.level();
  if (!wide.still() || wide.to != 1.0f)
    for (int i = 0; i < kQuantum; ++i) {
      const float w = wide.from + (wide.to - wide.from) * static_cast<float>(i + 1) / kQuantum;
      const float mid = 0.5f * (left[i] + right[i]), side = 0.5f * w * (left[i] - right[i]);
      left[i] = mid + side;
      right[i] = mid - side;
    }
  const float from = level_ * calm.from, to = level_to * calm.to;
  if (from != 1 || to != 1)
    for (float* channel : {left, right})
      kernels.scale_ramped(channel, from, (to - from) / kQuantum, kQuantum);
  level_ = level_to;
  buses.mark(Bus::reverb);
  if (tail_.ended(std::max(going_in, coming_out), waiting_.longest() + room_.longest())) clear();
}

}  // namespace entrain
