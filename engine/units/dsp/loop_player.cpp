#include "engine/units/dsp/loop_player.h"

#include <algorithm>

namespace entrain {

void LoopPlayer::prepare(int rate, int index) {
  index_ = index;
  stretcher_.prepare(rate);
  repitch_.prepare();
  reset();
}

void LoopPlayer::reset() {
  stretcher_.reset();
  stage_ = Stage::idle;
  loop_ = nullptr;
  epoch_ = 0;
  source_error_ = 0;
}

void LoopPlayer::begin(const Loop& loop, std::uint64_t epoch, Beat origin, Frame first, bool once) {
  reset();
  loop_ = &loop;
  epoch_ = epoch;
  origin_ = origin;
  once_ = once;
  first_ = Frame(first.index - first.index % kQuantum);
  stretcher_.begin(first_, index_);
  repitch_.reset(first_.index);
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

double LoopPlayer::read(const void* context, double stretched) {
  const Map& map = *static_cast<const Map*>(context);
  const double frame = map.heard + (stretched - map.made) / map.bend.speed;
  double beat = map.timeline.beat_value(frame);
  if (map.bend.foundation != nullptr && map.bend.lock > 0)
    beat += map.bend.lock * lock_shift(beat, {map.loop, map.origin.value(), map.bend.foundation,
                                              map.bend.foundation_origin.value()});
  return map.loop->source_at(beat + map.bend.ahead - map.origin.value()) - map.loop->warp.front().source;
}

void LoopPlayer::process(const Timeline& timeline, const Bend& bend, Frame quantum, const Kernels& kernels,
                         float* left, float* right) {
  if (stage_ == Stage::idle) return;
  const auto first = static_cast<std::int64_t>(loop_->warp.front().source);
  const StretchSource source{loop_->asset->left_data() + first, loop_->asset->right_data() + first,
                             static_cast<std::int64_t>(loop_->source_length()), !once_, loop_->seam,
                             static_cast<int>(std::min<std::int64_t>(first, loop_->seam))};
  const bool before = stage_ == Stage::prerolling;
  const Map map{timeline,
                bend,
                loop_,
                origin_,
                before ? static_cast<double>(first_.index) : repitch_.position(),
                static_cast<double>(before ? first_.index : quantum.index)};
  const StretchTarget target{read, &map};
  if (before) {  // the stretched signal is counted as if it were heard as it is made
    if (stretcher_.preroll(kernels, source, target, quantum)) {
      stage_ = Stage::ready;
      repitch_.reset((quantum + kQuantum).index);
    }
    return;
  }
  float l[kQuantum], r[kQuantum];
  while (repitch_.wants(bend.speed)) {
    stretcher_.process(kernels, source, target, Frame(repitch_.made()), l, r);
    repitch_.put(l, r);
  }
  source_error_ = stretcher_.source_position() - read(&map, static_cast<double>(repitch_.made()));
  repitch_.get(bend.speed, kernels, l, r);
  if (!audible()) return;

  const float slope = loop_->gain / static_cast<float>(fade_length_);
  for (int i = 0; i < kQuantum; ++i) {
    const float part = std::clamp(static_cast<float>((quantum + i) - fade_from_) * slope, 0.0f, loop_->gain);
    const float gain = stage_ == Stage::leaving ? loop_->gain - part : part;
    left[i] += l[i] * gain;
    right[i] += r[i] * gain;
  }
  if (stage_ == Stage::leaving && quantum + kQuantum >= fade_from_ + fade_length_) reset();
}

}  // namespace entrain
