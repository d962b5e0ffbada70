#include "engine/units/bridge.h"

#include <algorithm>

namespace entrain {
namespace {

/// Whole bars; below one, quarters of it.
double whole_bars(double bars) {
  return bars < 0.875 ? std::max(1, static_cast<int>(4 * bars + 0.5)) / 4.0 : static_cast<int>(bars + 0.5);
}

/// The line nearest to `length` after `start`: on whole bars, or on multiples of what is shorter than a bar.
/// On a line it is exactly that far; from anywhere else it is at most half a bar more or less.
Beat line_after(Beat start, Beat length, Beat bar) {
  const std::int64_t grid = std::min(length, bar).ticks;
  return Beat((start + length + Beat(grid / 2)).ticks / grid * grid);
}

}  // namespace

void Bridge::prepare(int rate) {
  saws_.prepare();
  for (Voice& voice : voices_) voice.sound.prepare(rate, saws_);
  reset();
}

void Bridge::reset() {
  for (Voice& voice : voices_) voice.sound.reset();
  for (std::size_t c = 0; c < count; ++c) asked_[c] = rows[c].initial;
  expected_ = Beat(0);
}

void Bridge::process(const Context& context, Controls controls, Buses& buses) {
  if (context.end_notes || context.silence) release(kPanicSeconds, false);
  if (!context.running || context.begin != expected_) release(kStopSeconds, true);
  expected_ = context.running ? context.end : Beat(0);
  obey(context, controls);
  for (Voice& voice : voices_)
    if (voice.sound.sounds()) render(voice, context, buses);
  if (buses.live(Bus::bridge)) narrow(controls.ramp(width), buses);
}

// --- what is asked

/// Events in their order, so that a kind set before a go on the same line is its kind. Of several goes for
/// one kind in a quantum the last counts.
void Bridge::obey(const Context& context, Controls controls) {
  std::array<std::optional<Start>, kEffectKinds> starts;
  for (const Applied& event : context.events) {
    int instance = 0;
    for (std::uint8_t c = 0; c < count; ++c) {
      if (!controls.match(event.control, c, instance)) continue;
      asked_[c] = event.value;
      if (c == stop) release(kStopSeconds, false), starts = {};
      if (c == go)
        if (const auto start = started(context, event))
          starts[static_cast<std::size_t>(start->setting.kind)] = start;
    }
  }
  for (const auto& start : starts)
    if (start) begin(*start);
  for (std::uint8_t c = 0; c < count; ++c) asked_[c] = controls.base(c);  // where glides have come
}

std::optional<Bridge::Start> Bridge::started(const Context& context, const Applied& event) const {
  if (!context.running || event.value <= 0 || context.silence) return std::nullopt;
  const auto whole = [&](Control c) { return static_cast<int>(asked_[c] + 0.5); };
  const Beat bar = context.at(event.beat).meter.spacing(Grid::bar);
  const Beat length(static_cast<std::int64_t>(whole_bars(asked_[bars]) * static_cast<double>(bar.ticks)));
  Start start{event.offset, event.beat, line_after(event.beat, length, bar), {}};
  TransitionSetting& setting = start.setting;
  setting.kind = static_cast<EffectKind>(whole(kind));
  setting.root = whole(root);
  setting.mode = whole(mode);
  setting.beats = (start.end - start.begin).value();
  setting.reach = static_cast<float>(asked_[reach]);
  setting.strength = static_cast<float>(event.value);
  const int which = whole(variation) * kEffectKinds + whole(kind);
  setting.draws = draw(context.seed, DrawFor::bridge, static_cast<std::uint64_t>(which), event.beat.ticks);
  return start;
}

void Bridge::begin(const Start& start) {
  Voice* idle = nullptr;
  for (Voice& voice : voices_)
    if (!voice.sound.sounds()) idle = &voice;
  if (idle == nullptr) return;
  for (Voice& voice : voices_)
    if (voice.sound.sounds() && voice.sound.kind() == start.setting.kind) voice.sound.release(kStopSeconds);
  idle->sound.start(start.setting);
  idle->begin = start.begin;
  idle->end = start.end;
  idle->reached = 0;
  idle->offset = start.offset;
  idle->adrift = false;
}

void Bridge::release(double seconds, bool adrift) {
  for (Voice& voice : voices_) {
    if (!voice.sound.sounds()) continue;
    voice.sound.release(seconds);
    voice.adrift = voice.adrift || adrift;
  }
}

// --- sound

void Bridge::render(Voice& voice, const Context& context, Buses& buses) {
  TransitionVoice::Stretch stretch;
  const Frame first = context.frame + voice.offset;
  stretch.frames = kQuantum - voice.offset;
  stretch.from = stretch.to = voice.reached;
  stretch.left = kQuantum * 1000;  // what drifts fades out before
  if (!voice.adrift) {
    stretch.left = std::max<std::int64_t>(0, context.timeline.frame_at(voice.end) - first);
    stretch.frames = static_cast<int>(std::min<std::int64_t>(stretch.frames, stretch.left));
    const auto end = static_cast<double>((first + stretch.frames).index);
    stretch.to = std::max(stretch.from, context.timeline.beat_value(end) - voice.begin.value());
  }
  Stereo sound[kQuantum];
  voice.sound.render(sound, stretch);
  float* left = buses.left(Bus::bridge) + voice.offset;
  float* right = buses.right(Bus::bridge) + voice.offset;
  for (int i = 0; i < stretch.frames; ++i) {
    left[i] += sound[i][0];
    right[i] += sound[i][1];
  }
  buses.mark(Bus::bridge);
  voice.reached = stretch.to;
  voice.offset = 0;
}

void Bridge::narrow(Ramp wide, Buses& buses) {
  if (wide.still() && wide.to == 1) return;
  float* left = buses.left(Bus::bridge);
  float* right = buses.right(Bus::bridge);
  for (int i = 0; i < kQuantum; ++i) {
    const float w = wide.from + (wide.to - wide.from) * static_cast<float>(i + 1) / kQuantum;
    const float mid = 0.5f * (left[i] + right[i]), side = 0.5f * w * (left[i] - right[i]);
    left[i] = mid + side;
    right[i] = mid - side;
  }
}

}  // namespace entrain
