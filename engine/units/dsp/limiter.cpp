#include "engine/units/dsp/limiter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace entrain {
namespace {

/// Windowed-sinc taps for the points 1/8 to 7/8 of the way from x[i-24] to x[i-23] (Kaiser, beta 4).
void make_taps(float (&taps)[kPeakPhases][kPeakTaps]) {
  constexpr double kKaiserBeta = 4;
  const auto bessel = [](double x) {
    double sum = 1, term = 1;
    for (int k = 1; k < 30; ++k) sum += term *= (x / (2 * k)) * (x / (2 * k));
    return sum;
  };
  for (int phase = 0; phase < kPeakPhases; ++phase) {
    double sum = 0;
    double row[kPeakTaps];
    for (int k = 0; k < kPeakTaps; ++k) {
      const double t = k - kPeakDelay + (phase + 1) / (kPeakPhases + 1.0);  // distance from the point to x[i-k], in samples
      const double sinc = std::sin(std::numbers::pi * t) / (std::numbers::pi * t);
      const double u = t / (kPeakTaps / 2.0);
      row[k] = sinc * bessel(kKaiserBeta * std::sqrt(std::max(0.0, 1 - u * u))) / bessel(kKaiserBeta);
      sum += row[k];
    }
    for (int k = 0; k < kPeakTaps; ++k) taps[phase][k] = static_cast<float>(row[k] / sum);
  }
}

}  // namespace

void Limiter::prepare(int rate) {
  make_taps(taps_);
  average_ = static_cast<int>(0.0015 * rate);
  window_ = average_ + 1;
  delay_ = average_ + kPeakDelay - 1;
  release_ = 1.0 - std::exp(-1.0 / (0.080 * rate));
  for (Side& side : sides_) {
    side.in.assign(kPeakHistory + kQuantum, 0);
    side.delayed.assign(static_cast<std::size_t>(delay_ + kQuantum), 0);
  }
  candidates_.assign(static_cast<std::size_t>(window_ + 1), {});
  smoothed_.assign(static_cast<std::size_t>(average_), kUnity);
  passing_.assign(static_cast<std::size_t>(average_), 0);
  reset();
}

void Limiter::reset() {
  for (Side& side : sides_)
    for (auto* buffer : {&side.in, &side.delayed}) std::fill(buffer->begin(), buffer->end(), 0.0f);
  std::fill(smoothed_.begin(), smoothed_.end(), kUnity);
  std::fill(passing_.begin(), passing_.end(), 0.0f);
  first_ = held_ = at_ = passing_at_ = 0;
  gain_before_ = 1;
  index_ = 0;
  sum_ = kUnity * average_;
  recovering_ = kUnity;
  lowest_gain_ = 1;
  true_peak_out_ = 0;
}

void Limiter::process(float* left, float* right, float ceiling, const Kernels& kernels) {
  detect(left, right, kernels);
  const float limit = ceiling * kMargin;
  float gains[kQuantum];
  lowest_gain_ = 1;
  for (int i = 0; i < kQuantum; ++i) {
    const Gain needed = peaks_[i] > limit ? static_cast<Gain>(static_cast<double>(limit) / peaks_[i] * kUnity) : kUnity;
    gains[i] = next_gain(needed);
    lowest_gain_ = std::min(lowest_gain_, gains[i]);
    meter(peaks_[i], gains[i]);
  }
  float* channels[2] = {left, right};
  for (int c = 0; c < 2; ++c) {
    Side& side = sides_[c];
    std::memcpy(side.delayed.data() + delay_, channels[c], kQuantum * sizeof(float));
    for (int i = 0; i < kQuantum; ++i)
      channels[c][i] = std::clamp(side.delayed[static_cast<std::size_t>(i)] * gains[i], -ceiling, ceiling);
    std::memmove(side.delayed.data(), side.delayed.data() + kQuantum, static_cast<std::size_t>(delay_) * sizeof(float));
  }
}

/// A peak found now comes out `average_` frames later, between the frame before and that one.
void Limiter::meter(float peak, float gain) {
  float& passing = passing_[static_cast<std::size_t>(passing_at_)];
  true_peak_out_ = std::max(true_peak_out_, passing * std::max(gain, gain_before_));
  passing = peak;
  passing_at_ = (passing_at_ + 1) % average_;
  gain_before_ = gain;
}

void Limiter::detect(const float* left, const float* right, const Kernels& kernels) {
  std::fill(std::begin(peaks_), std::end(peaks_), 0.0f);
  const float* channels[2] = {left, right};
  for (int c = 0; c < 2; ++c) {
    float* in = sides_[c].in.data();
    std::memcpy(in + kPeakHistory, channels[c], kQuantum * sizeof(float));
    kernels.true_peak(in + kPeakHistory, taps_, peaks_, kQuantum);
    std::memmove(in, in + kQuantum, kPeakHistory * sizeof(float));
  }
}

/// The minimum of the last `window_` gains, by a queue of candidates that only ever get larger towards the
/// newest: amortised constant work, at most `window_` per call.
Limiter::Gain Limiter::lowest_needed(Gain newest) {
  const int room = window_ + 1;
  const auto slot = [&](int i) -> Candidate& { return candidates_[static_cast<std::size_t>((first_ + i) % room)]; };
  while (held_ > 0 && slot(held_ - 1).gain >= newest) --held_;
  slot(held_++) = {newest, index_};
  if (slot(0).index <= index_ - window_) {
    first_ = (first_ + 1) % room;
    --held_;
  }
  ++index_;
  return slot(0).gain;
}

float Limiter::next_gain(Gain needed) {
  const Gain lowest = lowest_needed(needed);
  const Gain recovered = recovering_ + std::max<Gain>(1, static_cast<Gain>(release_ * static_cast<double>(kUnity - recovering_)));
  recovering_ = std::min({lowest, recovered, kUnity});
  Gain& oldest = smoothed_[static_cast<std::size_t>(at_)];
  sum_ += recovering_ - oldest;
  oldest = recovering_;
  at_ = (at_ + 1) % average_;
  return static_cast<float>(static_cast<double>(sum_) / (static_cast<double>(kUnity) * average_));
}

}  // namespace entrain
