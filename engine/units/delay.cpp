#include "engine/units/delay.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

constexpr int kLongestSeconds = 5;
constexpr double kFadeSeconds = 0.025;  ///< from one length to the next

}  // namespace

void Delay::prepare(int rate) {
  rate_ = rate;
  line_.prepare(kLongestSeconds * rate, rate, kFadeSeconds);
  tail_.prepare(rate);
  reset();
}

void Delay::reset() {
  clear();
  tail_.reset();
  level_ = 1;
  sent_ = 0;
}

void Delay::clear() {
  line_.clear();
  lows_ = highs_ = {};
}

int Delay::wanted_frames(const Context& context, int choice) const {
  const double beat = 60.0 / context.timeline.tempo_at(context.frame).bpm() * rate_;
  double frames = kBeats[static_cast<std::size_t>(choice)] * beat;
  while (frames > line_.longest()) frames *= 0.5;
  return std::max(kQuantum, static_cast<int>(frames + 0.5));
}

void Delay::process(const Context& context, Controls controls, Buses& buses) {
  tail_.begin(context.end_notes, context.silence);
  const bool fed = buses.live(Bus::delay) && !tail_.deaf();
  float* bus[2] = {buses.left(Bus::delay), buses.right(Bus::delay)};
  if (!fed) std::fill_n(bus[0], kQuantum, 0.0f), std::fill_n(bus[1], kQuantum, 0.0f);
  const float level_to = gain_amplitude_.of(controls.ramp(gain).to),
              sent_to = send_amplitude_.of(controls.ramp(send_reverb).to);
  if (!tail_.awake()) level_ = level_to, sent_ = sent_to;
  if (!fed && !tail_.awake()) return;
  tail_.wake();

  float echo[2][kQuantum];
  line_.read(wanted_frames(context, static_cast<int>(controls.ramp(time).to)), echo[0], echo[1]);
  if (const float hertz = controls.ramp(low_cut).to; hertz != low_hertz_)
    low_hertz_ = hertz, low_shape_ = OnePole::shape(hertz, rate_);
  if (const float hertz = controls.ramp(high_cut).to; hertz != high_hertz_)
    high_hertz_ = hertz, high_shape_ = OnePole::shape(hertz, rate_);
  for (std::size_t c = 0; c < 2; ++c)
    for (float& x : echo[c]) {
      x -= lows_[c].low(x, low_shape_);
      x = highs_[c].low(x, high_shape_);
    }

  // Towards full width the input enters on the left alone and every echo changes sides.
  const Ramp wide = controls.ramp(width), again = controls.ramp(feedback);
  float in[2][kQuantum];
  float loudest = 0;
  for (int i = 0; i < kQuantum; ++i) {
    const float part = static_cast<float>(i + 1) / kQuantum;
    const float w = wide.from + (wide.to - wide.from) * part, f = again.from + (again.to - again.from) * part;
    const float l = bus[0][i], r = bus[1][i];
    in[0][i] = l + w * 0.5f * (r - l) + f * (echo[0][i] + w * (echo[1][i] - echo[0][i]));
    in[1][i] = (1 - w) * r + f * (echo[1][i] + w * (echo[0][i] - echo[1][i]));
    loudest = std::max({loudest, std::abs(in[0][i]), std::abs(in[1][i])});
  }
  line_.write(in[0], in[1]);
  line_.advance();

  const Ramp calm = tail_.level();
  const float from = level_ * calm.from, to = level_to * calm.to,
              send_step = (sent_to * calm.to - sent_ * calm.from) / kQuantum;
  for (std::size_t c = 0; c < 2; ++c) {
    std::copy_n(echo[c], kQuantum, bus[c]);
    if (from != 1 || to != 1) context.kernels->scale_ramped(bus[c], from, (to - from) / kQuantum, kQuantum);
  }
  buses.mark(Bus::delay);
  if (sent_ != 0 || sent_to != 0) {
    context.kernels->add_ramped(buses.left(Bus::reverb), echo[0], sent_ * calm.from, send_step, kQuantum);
    context.kernels->add_ramped(buses.right(Bus::reverb), echo[1], sent_ * calm.from, send_step, kQuantum);
    buses.mark(Bus::reverb);
  }
  level_ = level_to;
  sent_ = sent_to;
  if (tail_.ended(loudest, line_.reach() + kQuantum)) clear();
}

}  // namespace entrain
