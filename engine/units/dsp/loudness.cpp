#include "engine/units/dsp/loudness.h"

#include "engine/units/dsp/k_weighting.h"

namespace entrain {

void LoudnessMeter::prepare(int rate) {
  block_frames_ = rate / 10;
  const KWeighting k(rate);
  shelf_ = {k.shelf.b0, k.shelf.b1, k.shelf.b2, k.shelf.a1, k.shelf.a2};
  high_ = {k.high.b0, k.high.b1, k.high.b2, k.high.a1, k.high.a2};
  reset();
}

void LoudnessMeter::reset() {
  states_ = {};
  blocks_ = {};
  filled_ = at_ = 0;
  sum_ = 0;
}

void LoudnessMeter::measure(const float* left, const float* right) {
  const auto tick = [](double x, const Biquad& q, State& s) {
    const double y = q.b0 * x + s.s1;
    s.s1 = q.b1 * x - q.a1 * y + s.s2;
    s.s2 = q.b2 * x - q.a2 * y;
    return y;
  };
  for (int i = 0; i < kQuantum; ++i) {
    const double l = tick(tick(static_cast<double>(left[i]), shelf_, states_[0][0]), high_, states_[0][1]);
    const double r = tick(tick(static_cast<double>(right[i]), shelf_, states_[1][0]), high_, states_[1][1]);
    sum_ += l * l + r * r;
    if (++filled_ < block_frames_) continue;
    blocks_[static_cast<std::size_t>(at_)] = sum_ / block_frames_;
    at_ = (at_ + 1) % kBlocks;
    filled_ = 0;
    sum_ = 0;
  }
}

float LoudnessMeter::short_term() const {
  double mean = 0;
  for (const double block : blocks_) mean += block / kBlocks;
  if (mean < 1e-12) return kSilent;
  return static_cast<float>(-0.691 + 3.0102999566398120 * log2_exact(mean));  // 10 / log2(10)
}

}  // namespace entrain
