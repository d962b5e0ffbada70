#include "engine/units/dsp/loop_player.h"

#include <algorithm>

namespace entrain {

void LoopPlayer::prepare(int rate, int index) {
  index_ = index;
  stretcher_.prepare(rate);
  reset();
}

void LoopPlayer::reset() {
  stretcher_.reset();
  stage_ = Stage::idle;
  loop_ = nullptr;
  epoch_ = 0;
  source_error_ = 0;
}

void LoopPlayer::begin(const Loop& loop, std::uint64_t epoch, Beat origin, Frame first) {
  reset();
  loop_ = &loop;
  epoch_ = epoch;
  origin_ = origin;
  stretcher_.begin(first, index_);
  stage_ = Stage::prerolling;
}

void LoopPlayer::enter(Frame from, int length) {
  stage_ = Stage::sounding;
  fade_from_ = from;
  fade_length_ = length;
}

void LoopPlayer::leave(Frame from, int length) {
  if (stage_ != Stage::sounding) return reset();
  stage_ = Stage::leaving;
  fade_from_ = from;
  fade_length_ = length;
}

double LoopPlayer::read(const void* context, double frame) {
  const Map& map = *static_cast<const Map*>(context);
  return map.loop->source_at(map.timeline.beat_value(frame) - map.origin) - map.loop->warp.front().source;
}

void LoopPlayer::process(const Timeline& timeline, Frame quantum, float* left, float* right) {
  if (stage_ == Stage::idle) return;
  const auto first = static_cast<std::int64_t>(loop_->warp.front().source);
  const StretchSource source{loop_->asset->left_data() + first, loop_->asset->right_data() + first,
                             static_cast<std::int64_t>(loop_->source_length()), true};
  const Map map{timeline, origin_.value(), loop_};
  const StretchTarget target{read, &map};
  if (stage_ == Stage::prerolling) {
    if (stretcher_.preroll(source, target, quantum)) stage_ = Stage::ready;
    return;
  }
  float l[kQuantum], r[kQuantum];
  stretcher_.process(source, target, quantum, l, r);
  source_error_ = stretcher_.source_position() - read(&map, static_cast<double>((quantum + kQuantum).index));
  if (!audible()) return;

  const float slope = 1.0f / static_cast<float>(fade_length_);
  for (int i = 0; i < kQuantum; ++i) {
    const float part = std::clamp(static_cast<float>((quantum + i) - fade_from_) * slope, 0.0f, 1.0f);
    const float gain = stage_ == Stage::leaving ? 1 - part : part;
    left[i] += l[i] * gain;
    right[i] += r[i] * gain;
  }
  if (stage_ == Stage::leaving && quantum + kQuantum >= fade_from_ + fade_length_) reset();
}

}  // namespace entrain
