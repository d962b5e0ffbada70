#include "engine/units/dsp/loudness.h"

#include <cmath>

namespace entrain {

void LoudnessMeter::prepare(int rate) {
  block_frames_ = rate / 10;
  // The analogue prototypes of the coefficients that BS.1770 prints for 48 kHz, as libebur128 has them too.
  const auto k_of = [&](double hertz) { return std::tan(kPi * hertz / rate); };
  const double q1 = 0.7071752369554196, head = std::pow(10.0, 3.999843853973347 / 20),
               body = std::pow(head, 0.4996667741545416);
  double k = k_of(1681.974450955533), a0 = 1 + k / q1 + k * k;
  shelf_ = {(head + body * k / q1 + k * k) / a0, 2 * (k * k - head) / a0, (head - body * k / q1 + k * k) / a0,
            2 * (k * k - 1) / a0, (1 - k / q1 + k * k) / a0};
  const double q2 = 0.5003270373238773;
  k = k_of(38.13547087602444), a0 = 1 + k / q2 + k * k;
  high_ = {1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / q2 + k * k) / a0};
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
