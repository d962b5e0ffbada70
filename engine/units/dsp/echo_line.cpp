#include "engine/units/dsp/echo_line.h"

#include <algorithm>
#include <bit>

#include "engine/units/dsp/maths.h"

namespace entrain {

void EchoLine::prepare(int frames, int rate, double fade_seconds) {
  longest_ = frames;
  const auto room = std::bit_ceil(static_cast<std::size_t>(frames + 2 * kQuantum));
  for (auto& ring : ring_) ring.assign(room, 0);
  mask_ = static_cast<std::int64_t>(room) - 1;
  fade_quanta_ = std::max(1, static_cast<int>(fade_seconds * rate / kQuantum));
  gains_.clear();
  for (int i = 0; i <= fade_quanta_; ++i)
    gains_.push_back(static_cast<float>(sine(kPi / 2 * i / fade_quanta_)));
  clear();
}

void EchoLine::clear() {
  now_ = born_ = 0;
  current_ = next_ = -1;
  fade_left_ = 0;
}

void EchoLine::fetch(int delay, float* left, float* right) const {
  const std::int64_t from = now_ - delay;
  for (int i = 0; i < kQuantum; ++i) {
    const bool known = from + i >= born_;
    const auto at = static_cast<std::size_t>((from + i) & mask_);
    left[i] = known ? ring_[0][at] : 0.0f;
    right[i] = known ? ring_[1][at] : 0.0f;
  }
}

void EchoLine::read(int delay, float* left, float* right) {
  if (current_ < 0) current_ = next_ = delay;
  if (fade_left_ == 0 && delay != current_) next_ = delay, fade_left_ = fade_quanta_;
  fetch(current_, left, right);
  if (fade_left_ == 0) return;
  float new_left[kQuantum], new_right[kQuantum];
  fetch(next_, new_left, new_right);
  const auto at = static_cast<std::size_t>(fade_left_), last = gains_.size() - 1;
  const float out = gains_[at], in = gains_[last - at];
  const float out_step = (gains_[at - 1] - out) / kQuantum, in_step = (gains_[last - at + 1] - in) / kQuantum;
  for (int i = 0; i < kQuantum; ++i) {
    const auto n = static_cast<float>(i + 1);
    left[i] = (out + out_step * n) * left[i] + (in + in_step * n) * new_left[i];
    right[i] = (out + out_step * n) * right[i] + (in + in_step * n) * new_right[i];
  }
  if (--fade_left_ == 0) current_ = next_;
}

void EchoLine::write(const float* left, const float* right) {
  const auto at = static_cast<std::size_t>(now_ & mask_);  // quanta lie whole in the ring
  std::copy_n(left, kQuantum, ring_[0].begin() + static_cast<std::ptrdiff_t>(at));
  std::copy_n(right, kQuantum, ring_[1].begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace entrain
