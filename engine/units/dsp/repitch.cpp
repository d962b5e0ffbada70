#include "engine/units/dsp/repitch.h"

#include <algorithm>

namespace entrain {

void Repitch::prepare() {
  interpolator_.prepare();
  reset(0);
}

void Repitch::reset(std::int64_t first) {
  for (auto& channel : signal_) channel.fill(0);
  base_ = first - kHistory;
  count_ = kHistory;
  at_ = static_cast<std::uint64_t>(kHistory) << 32;
}

std::uint64_t Repitch::step_of(double speed) {
  return static_cast<std::uint64_t>(std::clamp(speed, kSlowest, kFastest) * kFrame + 0.5);
}

bool Repitch::plain(double speed) const { return speed == 1 && (at_ & 0xffffffffu) == 0; }

bool Repitch::wants(double speed) const {
  const auto whole = static_cast<int>((at_ + step_of(speed) * (kQuantum - 1)) >> 32);
  return count_ <= whole + (plain(speed) ? 0 : interpolator_.bank(speed).after());
}

void Repitch::put(const float* left, const float* right) {
  std::copy_n(left, kQuantum, signal_[0].begin() + count_);
  std::copy_n(right, kQuantum, signal_[1].begin() + count_);
  count_ += kQuantum;
}

void Repitch::get(double speed, const Kernels& kernels, float* left, float* right) {
  const std::uint64_t step = step_of(speed);
  const std::array<float*, 2> to{left, right};
  const auto whole = static_cast<int>(at_ >> 32);
  if (plain(speed)) {
    for (std::size_t c = 0; c < 2; ++c) std::copy_n(signal_[c].begin() + whole, kQuantum, to[c]);
  } else {
    const Interpolator::Bank& bank = interpolator_.bank(speed);
    for (std::size_t c = 0; c < 2; ++c)
      kernels.interpolate(to[c], signal_[c].data() + whole - bank.before(), bank.rows.data(), bank.taps,
                          at_ & 0xffffffffu, step, kQuantum);
  }
  at_ += step * kQuantum;
  const int past = static_cast<int>(at_ >> 32) - kHistory;
  for (auto& channel : signal_) std::copy(channel.begin() + past, channel.begin() + count_, channel.begin());
  base_ += past;
  count_ -= past;
  at_ -= static_cast<std::uint64_t>(past) << 32;
}

}  // namespace entrain
