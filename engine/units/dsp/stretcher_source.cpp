#include "engine/units/dsp/stretcher_source.h"

#include <algorithm>

namespace entrain {
namespace {

constexpr int kMostBlock = 256;
constexpr double kRise = 3.5;      // times the recent peak, in energy
constexpr double kFloor = 1e-7;    // energy per frame, -70 dB full scale
constexpr int kForgetBlocks = 60;  // 40 ms: longer than a low note's period, shorter than a fast hi-hat's

}  // namespace

void StretchSource::copy(std::int64_t from, int n, float* to_left, float* to_right) const noexcept {
  for (int done = 0; done < n;) {
    std::int64_t at = from + done, run = n - done;
    if (frames <= 0 || (!loop && (at < 0 || at >= frames))) {
      if (frames > 0 && at < 0) run = std::min(run, -at);
      std::fill_n(to_left + done, run, 0.0f);
      std::fill_n(to_right + done, run, 0.0f);
    } else {
      at %= frames;
      if (at < 0) at += frames;
      run = std::min(run, frames - at);
      std::copy_n(left + at, run, to_left + done);
      std::copy_n(right + at, run, to_right + done);
    }
    if (loop && seam > 0 && at + run > frames - seam) join(at, static_cast<int>(run), to_left + done, to_right + done);
    done += static_cast<int>(run);
  }
}

/// Lays the seam over n frames from `at`: straight lines, as both sides are of one piece.
void StretchSource::join(std::int64_t at, int n, float* to_left, float* to_right) const noexcept {
  for (auto i = static_cast<int>(std::max<std::int64_t>(0, frames - seam - at)); i < n; ++i) {
    const std::int64_t back = at + i - frames;  // -seam to -1: the same place before the beginning
    const float part = static_cast<float>(seam + back + 1) / static_cast<float>(seam + 1);
    const bool there = -back <= before;
    to_left[i] += part * ((there ? left[back] : 0.0f) - to_left[i]);
    to_right[i] += part * ((there ? right[back] : 0.0f) - to_right[i]);
  }
}

void OnsetScan::reset(int rate, std::int64_t from) noexcept {
  block_ = std::min(kMostBlock, rate / 1500);
  at_ = from;
  rest_ = rate / 20;
  last_ = from - rest_;
  before_left_ = before_right_ = 0;
  plain_ = edge_ = -1;  // not known yet
  found_.fill(kNone);
  count_ = 0;
}

void OnsetScan::read(const StretchSource& source, std::int64_t upto) noexcept {
  std::array<float, kMostBlock> left, right;
  for (; at_ + block_ <= upto; at_ += block_) {
    source.copy(at_, block_, left.data(), right.data());
    double plain = 0, edge = 0;
    for (int i = 0; i < block_; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const float dl = left[k] - before_left_, dr = right[k] - before_right_;
      before_left_ = left[k];
      before_right_ = right[k];
      plain += left[k] * left[k] + right[k] * right[k];
      edge += dl * dl + dr * dr;
    }
    const double floor = kFloor * block_;
    if (plain_ < 0) {
      plain_ = plain;
      edge_ = edge;
    }
    if ((plain > kRise * plain_ + floor || edge > kRise * edge_ + floor) && at_ - last_ >= rest_)
      found_[count_++ % found_.size()] = last_ = at_;
    plain_ = std::max(plain, plain_ - plain_ / kForgetBlocks);
    edge_ = std::max(edge, edge_ - edge_ / kForgetBlocks);
  }
}

std::int64_t OnsetScan::next(std::int64_t from) const noexcept {
  std::int64_t first = kNone;
  for (const std::int64_t onset : found_)
    if (onset >= from) first = std::min(first, onset);
  return first;
}

}  // namespace entrain
