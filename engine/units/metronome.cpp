#include "engine/units/metronome.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/units/dsp/maths.h"

namespace entrain {
namespace {

constexpr double kHertz[] = {1'000, 1'600}, kSeconds = 0.03;
constexpr float kLevel = 0.5f;

}  // namespace

void Metronome::prepare(int rate) {
  for (std::size_t c = 0; c < clicks_.size(); ++c) {
    clicks_[c].resize(static_cast<std::size_t>(kSeconds * rate));
    for (std::size_t i = 0; i < clicks_[c].size(); ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(clicks_[c].size());
      const double phase = 2 * std::numbers::pi * kHertz[c] * static_cast<double>(i) / rate;
      clicks_[c][i] = kLevel * static_cast<float>(std::sin(phase) * (1 - part) * (1 - part));
    }
  }
  reset();
}

void Metronome::reset() {
  which_ = 0;
  played_ = clicks_[0].size();
  offset_ = 0;
}

void Metronome::process(const Context& context, Controls controls, Buses& buses) {
  if (context.end_notes || context.silence) played_ = clicks_[which_].size();
  // Before a start that is awaited the beat counts up to 0, for as long as it is counted in.
  Beat from = context.begin, to = context.end;
  bool clicks = context.running && controls.base(on) > 0.5;
  if (!context.running && context.rolling && context.count_in > Beat(0)) {
    from = std::max(Beat(0) - context.count_in, context.timeline.beat_at(context.frame - 1) + Beat(1));
    to = std::min(Beat(0), context.timeline.beat_at(context.frame + (kQuantum - 1)) + Beat(1));
    clicks = true;
  }
  const Meter meter = context.current->meter;
  if (clicks && from < to)
    if (const Beat beat = meter.next_line(from, Grid::beat); beat < to) {
      which_ = beat == meter.next_line(beat, Grid::bar) ? 1 : 0;
      offset_ = context.offset_of(beat);
      played_ = 0;
    }
  if (played_ >= clicks_[which_].size()) return;

  const std::vector<float>& click = clicks_[which_];
  const int n = static_cast<int>(
      std::min<std::size_t>(static_cast<std::size_t>(kQuantum - offset_), click.size() - played_));
  const Ramp level = controls.ramp(gain);
  const auto begin = static_cast<float>(amplitude(level.from));
  const float step = (static_cast<float>(amplitude(level.to)) - begin) / kQuantum;
  for (float* const channel : {buses.left(Bus::cue), buses.right(Bus::cue)})
    context.kernels->add_ramped(channel + offset_, click.data() + played_, begin, step, n);
  buses.mark(Bus::cue);
  played_ += static_cast<std::size_t>(n);
  offset_ = 0;
}

}  // namespace entrain
