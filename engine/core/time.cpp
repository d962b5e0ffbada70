#include "engine/core/time.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

__extension__ using Wide = __int128;

constexpr Wide floor_div(Wide n, Wide d) {  // d > 0
  const Wide q = n / d;
  return (n % d < 0) ? q - 1 : q;
}
constexpr Wide ceil_div(Wide n, Wide d) { return -floor_div(-n, d); }

/// Tempo units times frames that make one beat: 60 seconds of 1/10 000 BPM.
constexpr Wide units_frames_per_beat(std::int32_t rate) { return Wide{60} * Tempo::kPerBpm * rate; }

}  // namespace

Beat Beat::nearest(double beats) { return Beat(static_cast<std::int64_t>(std::llround(beats * kPerBeat))); }

Tempo Tempo::nearest(double bpm) {
  return Tempo{static_cast<std::int32_t>(std::lround(std::clamp(bpm, kMinBpm, kMaxBpm) * kPerBpm))};
}

Beat Meter::next_line(Beat at, Grid grid) const {
  const std::int64_t space = spacing(grid).ticks;
  if (space == 0) return at;
  return Beat(static_cast<std::int64_t>(ceil_div(at.ticks, space)) * space);
}

Beat Timeline::beat_at(Frame f) const {
  const std::int64_t t = f - frame;
  const Wide unit = units_frames_per_beat(rate);
  if (ramp == 0 || t <= 0) {
    const Tempo v = (t <= 0) ? from : to;
    return Beat(beat.ticks + static_cast<std::int64_t>(floor_div(Wide{v.units} * t * Beat::kPerBeat, unit)));
  }
  // Twice the integral of v, times ramp: exact below 2^114 for ramp, t < 2^31 and v < 2^24.
  const std::int64_t inside = std::min(t, ramp);
  const Wide slope = Wide{to.units} - from.units;
  Wide area = 2 * Wide{from.units} * ramp * inside + slope * inside * inside;
  area += 2 * Wide{to.units} * ramp * (t - inside);
  return Beat(beat.ticks + static_cast<std::int64_t>(floor_div(area * Beat::kPerBeat, 2 * ramp * unit)));
}

Frame Timeline::frame_at(Beat b) const {
  const std::int64_t ticks = (b - beat).ticks;
  const Wide unit = units_frames_per_beat(rate);
  if (ramp == 0 || ticks <= 0) {
    const Tempo v = (ticks <= 0) ? from : to;
    return Frame(frame.index +
                 static_cast<std::int64_t>(ceil_div(Wide{ticks} * unit, Wide{v.units} * Beat::kPerBeat)));
  }
  // Estimate in floating point (sqrt is exactly rounded), then settle on the exact answer in integers.
  const double per_frame = Beat::kPerBeat / static_cast<double>(unit);
  const double v0 = from.units * per_frame, v1 = to.units * per_frame;
  const double ramp_ticks = 0.5 * (v0 + v1) * static_cast<double>(ramp);
  const auto want = static_cast<double>(ticks);
  double t;
  if (want >= ramp_ticks) {
    t = static_cast<double>(ramp) + (want - ramp_ticks) / v1;
  } else {
    const double a = (v1 - v0) / static_cast<double>(ramp);
    t = 2 * want / (v0 + std::sqrt(std::max(0.0, v0 * v0 + 2 * a * want)));
  }
  Frame f = frame + static_cast<std::int64_t>(t);
  while (beat_at(f) < b) f = f + 1;
  while (beat_at(f - 1) >= b) f = f - 1;
  return f;
}

Tempo Timeline::tempo_at(Frame f) const {
  const std::int64_t t = f - frame;
  if (t < 0 || (t == 0 && ramp > 0)) return from;
  if (t >= ramp) return to;
  const Wide slope = Wide{to.units} - from.units;
  return Tempo{from.units + static_cast<std::int32_t>(floor_div(slope * t, ramp))};
}

Timeline Timeline::turned(Frame f, Tempo target, std::int64_t ramp_frames) const {
  Timeline next{beat_at(f), f, rate, tempo_at(f), target, ramp_frames};
  if (ramp_frames == 0) next.from = target;
  return next;
}

double Timeline::beats_per_frame(Frame f) const {
  return tempo_at(f).units / static_cast<double>(units_frames_per_beat(rate));
}

double Timeline::beat_value(double f) const {
  const double per_frame = 1.0 / static_cast<double>(units_frames_per_beat(rate));
  const double t = f - static_cast<double>(frame.index);
  const double v0 = from.units * per_frame, v1 = to.units * per_frame;
  if (t <= 0) return beat.value() + v0 * t;
  const auto length = static_cast<double>(ramp);
  const double inside = std::min(t, length);
  const double curved = ramp > 0 ? v0 * inside + 0.5 * (v1 - v0) * inside * (inside / length) : 0.0;
  return beat.value() + curved + v1 * (t - inside);
}

}  // namespace entrain
