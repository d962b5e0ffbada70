#include "engine/units/dsp/feedback_network.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace entrain {
namespace {

constexpr double kShortest = 0.0190, kLongest = 0.0830;  ///< seconds, of the lines at size 1
constexpr double kSmallest = 0.30;                       ///< of those lengths, at size 0
constexpr double kBreath = 0.00030;                      ///< seconds of modulation either way, at most
constexpr float kDiffusion = 0.62f;
constexpr double kDiffuserSeconds[2][4] = {{0.00131, 0.00283, 0.00547, 0.00873},
                                           {0.00147, 0.00311, 0.00503, 0.00931}};

/// The sign of row `row`, column `column` of a Hadamard matrix.
constexpr float sign(unsigned row, unsigned column) {
  return std::popcount(row & column) % 2 == 0 ? 1.0f : -1.0f;
}
// Ways in and out: rows of the matrix, so that the sides do not resemble each other.
constexpr unsigned kIn[2] = {5, 11}, kOut[2] = {6, 13};

}  // namespace

void FeedbackNetwork::Ring::prepare(int frames) {
  const auto room = std::bit_ceil(static_cast<std::size_t>(frames));
  samples.assign(room, 0);
  mask = static_cast<std::int64_t>(room) - 1;
}

void FeedbackNetwork::prepare(int rate) {
  rate_ = rate;
  depth_ = kBreath * rate;
  slew_ = 0.02 * kQuantum;
  low_shape_ = OnePole::shape(kLowCorner, rate);
  high_shape_ = OnePole::shape(kHighCorner, rate);
  for (int side = 0; side < 2; ++side)
    for (int d = 0; d < kDiffusers; ++d) {
      Diffuser& diffuser = diffusers_[static_cast<std::size_t>(side)][static_cast<std::size_t>(d)];
      diffuser.delay = static_cast<int>(kDiffuserSeconds[side][d] * rate);
      diffuser.ring.prepare(diffuser.delay + 2 * kQuantum);
    }
  for (int l = 0; l < kLines; ++l) {
    Line& line = lines_[static_cast<std::size_t>(l)];
    // Evenly in octaves, each a little off its place so that no two share a period.
    const double off = 0.35 * std::sin(2.4 * (l + 1) * (l + 1));
    line.length = rate * kShortest * std::pow(kLongest / kShortest, (l + off) / (kLines - 1.0));
    line.pace = (0.23 + 0.061 * ((l * 7) % kLines)) * kQuantum / rate;
    line.ring.prepare(static_cast<int>(1.1 * kLongest * rate + depth_) + 3 * kQuantum);
  }
  longest_ = static_cast<int>(1.2 * kLongest * rate);
  reset();
}

void FeedbackNetwork::reset() {
  clear();
  setting_ = {};
  retune_ = true;
  for (int l = 0; l < kLines; ++l)
    lines_[static_cast<std::size_t>(l)].phase = l * 0.381966 - std::floor(l * 0.381966);
  set(setting_, true);
}

void FeedbackNetwork::clear() {
  now_ = born_ = 0;
  for (Line& line : lines_) line.low_pole = line.high_pole = {};
}

void FeedbackNetwork::set(const Setting& setting, bool at_once) {
  retune_ = retune_ || setting != setting_;
  setting_ = setting;
  for (Line& line : lines_) {
    const double before = line.now;
    move(line, at_once);
    retune_ = retune_ || line.now != before;
  }
}

/// Towards the length that the size asks for.
void FeedbackNetwork::move(Line& line, bool at_once) const {
  const double target = static_cast<double>(
      static_cast<std::int64_t>(line.length * (kSmallest + (1 - kSmallest) * setting_.size)));
  const double way = target - line.now;
  line.now = at_once || std::abs(way) <= slew_ ? target : line.now + (way > 0 ? slew_ : -slew_);
  if (at_once) line.read = line.now + breath(line);
}

/// Frames by which the modulation moves a line: a whole sine a turn. (Were half of the lines to stand
/// still, modes would stand 3 dB further out of the tail.)
double FeedbackNetwork::breath(const Line& line) const {
  return setting_.modulation * depth_ * sine(kPi * (std::abs(2 * line.phase - 1) - 0.5));
}

/// 60 dB in the time asked for: of each passage its share.
void FeedbackNetwork::tune(Line& line) const {
  const double octaves = -9.965784284662087 * line.now / rate_;  // log2 of 10^-3, times seconds
  const double mid = octaves / setting_.seconds;
  line.gains.mid = static_cast<float>(exp2_exact(mid));
  line.gains.low = static_cast<float>(exp2_exact(mid / setting_.low_ratio - mid));
  line.gains.high = static_cast<float>(exp2_exact(mid / setting_.high_ratio - mid));
}

void FeedbackNetwork::diffuse(Diffuser& diffuser, float* x) {
  const std::int64_t from = now_ - diffuser.delay;
  float* samples = diffuser.ring.samples.data();
  for (int i = 0; i < kQuantum; ++i) {
    const float late = past(diffuser.ring, from + i);
    const float in = x[i] + kDiffusion * late;
    x[i] = late - kDiffusion * in;
    samples[(now_ + i) & diffuser.ring.mask] = in;
  }
}

void FeedbackNetwork::read(Line& line, float* to) {
  line.phase += line.pace;
  if (line.phase >= 1) line.phase -= 1;
  const double target = line.now + breath(line);
  const double step = (target - line.read) / kQuantum;
  for (int i = 0; i < kQuantum; ++i) {
    const double delay = line.read + step * (i + 1);
    const auto whole = static_cast<std::int64_t>(delay);
    const auto t = static_cast<float>(delay - static_cast<double>(whole));
    const std::int64_t at = now_ + i - whole;
    if (t == 0) {
      to[i] = past(line.ring, at);
      continue;
    }
    // Lagrange, fifth order, between frames at + 2 (t = -2) and at - 3 (t = 3).
    const float p = t + 2, q = t + 1, v = t - 1, w = t - 2, z = t - 3;
    const float pq = p * q, tv = t * v, wz = w * z;
    const float weights[6] = {q * tv * wz / -120, p * tv * wz / 24,  pq * v * wz / -12,
                              pq * t * wz / 12,   pq * tv * z / -24, pq * tv * w / 120};
    float sum = 0;
    for (int k = 0; k < 6; ++k) sum += weights[k] * past(line.ring, at + 2 - k);
    to[i] = sum;
  }
  line.read = target;
}

void FeedbackNetwork::process(float* left, float* right, const Kernels& kernels) {
  float* sides[2] = {left, right};
  for (std::size_t s = 0; s < 2; ++s)
    for (Diffuser& diffuser : diffusers_[s]) diffuse(diffuser, sides[s]);
  for (std::size_t l = 0; l < kLines; ++l) {
    Line& line = lines_[l];
    if (retune_) tune(line);
    if (now_ == born_) line.before = line.gains;
    read(line, block_[l]);
    Gains gains = line.before;
    const Gains step{(line.gains.mid - gains.mid) / kQuantum, (line.gains.low - gains.low) / kQuantum,
                     (line.gains.high - gains.high) / kQuantum};
    for (float& x : block_[l]) {
      gains.mid += step.mid, gains.low += step.low, gains.high += step.high;
      x += (gains.low - 1) * line.low_pole.low(x, low_shape_);
      const float low = line.high_pole.low(x, high_shape_);
      x = gains.mid * (low + gains.high * (x - low));
    }
    line.before = line.gains;
  }
  retune_ = false;

  float out[2][kQuantum] = {};
  constexpr float kOutLevel = 0.25f, kInLevel = 0.25f;
  for (unsigned l = 0; l < kLines; ++l)
    for (std::size_t s = 0; s < 2; ++s)
      kernels.add_ramped(out[s], block_[l], kOutLevel * sign(kOut[s], l), 0, kQuantum);
  for (int half = 1; half < kLines; half *= 2)
    for (int l = 0; l < kLines; ++l)
      if ((l & half) == 0) kernels.butterfly(block_[l], block_[l + half], 0.70710678f, kQuantum);
  for (unsigned l = 0; l < kLines; ++l) {
    for (std::size_t s = 0; s < 2; ++s)
      kernels.add_ramped(block_[l], sides[s], kInLevel * sign(kIn[s], l), 0, kQuantum);
    // A quantum lies whole in the ring: both are powers of two.
    Ring& ring = lines_[l].ring;
    std::memcpy(ring.samples.data() + (now_ & ring.mask), block_[l], sizeof block_[l]);
  }
  now_ += kQuantum;
  for (std::size_t s = 0; s < 2; ++s) std::copy_n(out[s], kQuantum, sides[s]);
}

}  // namespace entrain
