#include "engine/units/master.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/units/dsp/maths.h"

namespace entrain {
namespace {

constexpr double kGateSeconds = 0.020;
constexpr int kShutTimes = 4;  ///< shut for four times as long as it takes to close

float at(const Ramp& ramp, float part) { return ramp.from + (ramp.to - ramp.from) * part; }

}  // namespace

void Master::prepare(int rate) {
  limiter_.prepare(rate);
  loudness_.prepare(rate);
  gate_quanta_ = std::max(1, static_cast<int>(kGateSeconds * rate / kQuantum));
  window_quanta_ = std::max(1, rate / 10 / kQuantum);
  for (auto& delay : cue_delay_) delay.assign(static_cast<std::size_t>(limiter_.latency() + kQuantum), 0);
  reset();
}

void Master::reset() {
  limiter_.reset();
  loudness_.reset();
  level_ = 1;
  listening_ = {};
  gate_ = {};
  for (auto& delay : cue_delay_) std::fill(delay.begin(), delay.end(), 0.0f);
  filling_ = last_ = {};
  filled_ = 0;
  split_ = false;
}

void Master::process(const Context& context, Controls controls, Buses& buses) {
  float* left = buses.left(Bus::master);
  float* right = buses.right(Bus::master);
  const Kernels& kernels = *context.kernels;
  const float level = gain_amplitude_.of(controls.ramp(gain).to);
  if (level_ != 1 || level != 1)
    for (float* channel : {left, right}) kernels.scale_ramped(channel, level_, (level - level_) / kQuantum, kQuantum);
  level_ = level;
  float* const cue[2] = {buses.left(Bus::cue), buses.right(Bus::cue)};
  headphones(controls, left, right, cue);
  limiter_.process(left, right, static_cast<float>(amplitude(controls.ramp(ceiling).to)), kernels);
  if (context.silence) gate_ = {gate_quanta_, gate_quanta_ * kShutTimes, gate_quanta_, gate_.level};
  gate(left, right, kernels);
  measure(left, right, kernels);
  loudness_.measure(left, right);

  const auto held = static_cast<std::size_t>(limiter_.latency());
  for (std::size_t c = 0; c < 2; ++c) {
    std::vector<float>& delay = cue_delay_[c];
    std::memcpy(delay.data() + held, cue[c], kQuantum * sizeof(float));
    std::memcpy(cue[c], delay.data(), kQuantum * sizeof(float));
    std::memmove(delay.data(), delay.data() + kQuantum, held * sizeof(float));
  }
  for (const Bus bus : {Bus::master, Bus::cue}) buses.mark(bus);
}

/// Blend and split as sums: the cue is correlated with the master, so gains add to 1 rather than to equal power.
void Master::headphones(Controls controls, const float* left, const float* right, float* const (&cue)[2]) {
  listening_ = {{listening_.level.to, cue_amplitude_.of(controls.ramp(cue_gain).to)},
                controls.ramp(cue_blend),
                controls.ramp(cue_split)};
  const auto& [level, blend, split] = listening_;
  split_ = split.to > 0.5f;
  if (level.from == 1 && level.to == 1 && blend.from + blend.to + split.from + split.to == 0) return;
  for (int i = 0; i < kQuantum; ++i) {
    const float part = static_cast<float>(i + 1) / kQuantum;
    const float b = at(blend, part), s = at(split, part), loud = at(level, part);
    const float l = cue[0][i], r = cue[1][i];
    const float mixed_left = l + b * (left[i] - l), mixed_right = r + b * (right[i] - r);
    cue[0][i] = loud * (mixed_left + s * (0.5f * (l + r) - mixed_left));
    cue[1][i] = loud * (mixed_right + s * (0.5f * (left[i] + right[i]) - mixed_right));
  }
}

void Master::lay_over_cue(const std::array<const float*, 2>& pair, const std::array<float*, 2>& cue) const {
  for (int i = 0; i < kQuantum; ++i) {
    const float part = static_cast<float>(i + 1) / kQuantum;
    const float b = at(listening_.blend, part), s = at(listening_.split, part), loud = at(listening_.level, part);
    const float left = (1 - b) * pair[0][i], right = (1 - b) * pair[1][i];
    cue[0][i] += loud * (left + s * (0.5f * (pair[0][i] + pair[1][i]) - left));
    cue[1][i] += loud * (right - s * right);
  }
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
  snapshot.loudness = loudness_.short_term();
  snapshot.true_peak = limiter_.true_peak_out();
  snapshot.limiter_gain = limiter_.lowest_gain();
}

}  // namespace entrain
