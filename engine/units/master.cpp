#include "engine/units/master.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/units/dsp/strip.h"

namespace entrain {
namespace {

constexpr double kGateSeconds = 0.020;
constexpr int kShutTimes = 4;  ///< shut for four times as long as it takes to close

}  // namespace

void Master::prepare(int rate) {
  limiter_.prepare(rate);
  gate_quanta_ = std::max(1, static_cast<int>(kGateSeconds * rate / kQuantum));
  window_quanta_ = std::max(1, rate / 10 / kQuantum);
  for (auto& delay : cue_delay_) delay.assign(static_cast<std::size_t>(limiter_.latency() + kQuantum), 0);
  reset();
}

void Master::reset() {
  limiter_.reset();
  gate_ = {};
  for (auto& delay : cue_delay_) std::fill(delay.begin(), delay.end(), 0.0f);
  filling_ = last_ = {};
  filled_ = 0;
}

void Master::process(const Context& context, Controls controls, Buses& buses) {
  float* left = buses.left(Bus::master);
  float* right = buses.right(Bus::master);
  apply_fader(buses, Bus::master, 0, controls.ramp(gain), *context.kernels);
  limiter_.process(left, right, static_cast<float>(amplitude(controls.ramp(ceiling).to)), *context.kernels);
  if (context.silence) gate_ = {gate_quanta_, gate_quanta_ * kShutTimes, gate_quanta_, gate_.level};
  gate(left, right, *context.kernels);
  measure(left, right, *context.kernels);

  float* cue[2] = {buses.left(Bus::cue), buses.right(Bus::cue)};
  const auto held = static_cast<std::size_t>(limiter_.latency());
  for (std::size_t c = 0; c < 2; ++c) {
    std::vector<float>& delay = cue_delay_[c];
    std::memcpy(delay.data() + held, cue[c], kQuantum * sizeof(float));
    std::memcpy(cue[c], delay.data(), kQuantum * sizeof(float));
    std::memmove(delay.data(), delay.data() + kQuantum, held * sizeof(float));
  }
  for (const Bus bus : {Bus::master, Bus::cue}) buses.mark(bus);
}

void Master::gate(float* left, float* right, const Kernels& kernels) {
  const float from = gate_.level;
  if (gate_.closing > 0) {
    gate_.level = std::max(0.0f, gate_.level - 1.0f / static_cast<float>(gate_quanta_));
    if (--gate_.closing == 0) gate_.level = 0;
  } else if (gate_.shut > 0) {
    --gate_.shut;
  } else if (gate_.opening > 0) {
    gate_.level = --gate_.opening == 0 ? 1.0f : gate_.level + 1.0f / static_cast<float>(gate_quanta_);
  }
  if (from == 1.0f && gate_.level == 1.0f) return;
  const float step = (gate_.level - from) / kQuantum;
  kernels.scale_ramped(left, from, step, kQuantum);
  kernels.scale_ramped(right, from, step, kQuantum);
}

void Master::measure(const float* left, const float* right, const Kernels& kernels) {
  const float* channels[2] = {left, right};
  for (std::size_t c = 0; c < 2; ++c) {
    const Level level = kernels.level(channels[c], kQuantum);
    filling_.peak[c] = std::max(filling_.peak[c], level.peak);
    filling_.squares[c] += level.sum_of_squares;
  }
  if (++filled_ < window_quanta_) return;
  last_ = filling_;
  filling_ = {};
  filled_ = 0;
}

void Master::observe(Snapshot& snapshot) const {
  for (std::size_t c = 0; c < 2; ++c) {
    snapshot.peak[c] = std::max(filling_.peak[c], last_.peak[c]);
    snapshot.rms[c] = std::sqrt(last_.squares[c] / static_cast<float>(window_quanta_ * kQuantum));
  }
  snapshot.true_peak = limiter_.true_peak_out();
  snapshot.limiter_gain = limiter_.lowest_gain();
}

}  // namespace entrain
