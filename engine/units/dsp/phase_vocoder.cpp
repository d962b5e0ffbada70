#include "engine/units/dsp/phase_vocoder.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace entrain {

void PhaseVocoder::prepare(int window, int hop) {
  window_ = window;
  hop_ = hop;
  const auto n = static_cast<std::size_t>(window);
  turns_ = fourier_turns(window);
  analysis_.resize(n);
  synthesis_.resize(n);
  both_.resize(n);
  // Hann windows squared, laid at most a quarter apart, add up to 3/8 of a window per hop.
  const double sum = 0.375 * window / hop;
  for (std::size_t i = 0; i < n; ++i) {
    const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / window);
    analysis_[i] = static_cast<float>(hann);
    synthesis_[i] = static_cast<float>(hann / sum / window);  // and the transforms are not scaled
    both_[i] = static_cast<float>(hann * hann / sum);
  }
  spare_.assign(2 * n, 0.0f);
  for (auto* half : {&power_, &cross_real_, &cross_imaginary_, &turn_real_, &turn_imaginary_})
    half->assign(n / 2, 0.0f);
  for (Frame* frame : {&heard_, &before_, &made_}) {
    frame->real.assign(n, 0.0f);
    frame->imaginary.assign(n, 0.0f);
  }
  reset();
}

void PhaseVocoder::take(const Kernels& kernels, const float* left, const float* right, Frame& frame) const noexcept {
  kernels.multiply(frame.real.data(), left, analysis_.data(), window_);
  kernels.multiply(frame.imaginary.data(), right, analysis_.data(), window_);
}

void PhaseVocoder::transform(const Kernels& kernels, Frame& frame) noexcept {
  kernels.fourier(frame.real.data(), frame.imaginary.data(), spare_.data(), turns_.data(), window_);
}

void PhaseVocoder::follow_copy(const Kernels& kernels, const float* left, const float* right) noexcept {
  take(kernels, left, right, made_);
  started_ = plain_ = true;
}

void PhaseVocoder::copy(const Kernels& kernels, const float* left, const float* right, float* to_left,
                        float* to_right) const noexcept {
  kernels.multiply(to_left, left, both_.data(), window_);
  kernels.multiply(to_right, right, both_.data(), window_);
}

bool PhaseVocoder::lay(const Kernels& kernels, const float* left, const float* right, bool in_step, float* to_left,
                       float* to_right) noexcept {
  const float *own_left = left + hop_, *own_right = right + hop_;
  if (!started_ || (plain_ && in_step)) {
    follow_copy(kernels, own_left, own_right);
    copy(kernels, own_left, own_right, to_left, to_right);
    return true;
  }
  take(kernels, own_left, own_right, heard_);
  transform(kernels, heard_);
  if (!in_step) {
    if (plain_) transform(kernels, made_);
    plain_ = false;
    take(kernels, left, right, before_);
    transform(kernels, before_);
    kernels.compare(view(heard_), view(made_), view(before_), power_.data(), cross_real_.data(),
                    cross_imaginary_.data(), window_);
    align();
  }
  kernels.turn(heard_.real.data(), heard_.imaginary.data(), turn_real_.data(), turn_imaginary_.data(), window_);
  std::swap(made_, heard_);
  std::copy(made_.real.begin(), made_.real.end(), heard_.real.begin());
  std::copy(made_.imaginary.begin(), made_.imaginary.end(), heard_.imaginary.begin());
  kernels.fourier(heard_.imaginary.data(), heard_.real.data(), spare_.data(), turns_.data(), window_);
  kernels.multiply(to_left, heard_.real.data(), synthesis_.data(), window_);
  kernels.multiply(to_right, heard_.imaginary.data(), synthesis_.data(), window_);
  return false;
}

/// The turns, from the products: one for each peak's surroundings, which end at the least power between two peaks.
/// Bins 0 and window / 2 are real and are left as they are.
void PhaseVocoder::align() noexcept {
  const int last = window_ / 2 - 1;
  const auto power = [this](int k) { return power_[static_cast<std::size_t>(k)]; };
  int from = 1;
  const auto close = [&](int to) {  // of [from, to]
    float real = 0, imaginary = 0;
    for (int k = from; k <= to; ++k) {
      real += cross_real_[static_cast<std::size_t>(k)];
      imaginary += cross_imaginary_[static_cast<std::size_t>(k)];
    }
    const float size = std::sqrt(real * real + imaginary * imaginary);
    const float turn_real = size > 0 ? real / size : 1, turn_imaginary = size > 0 ? imaginary / size : 0;
    std::fill(turn_real_.begin() + from, turn_real_.begin() + to + 1, turn_real);
    std::fill(turn_imaginary_.begin() + from, turn_imaginary_.begin() + to + 1, turn_imaginary);
    from = to + 1;
  };
  int least = 1;
  bool seen = false;  // a peak in [from, k)
  for (int k = 1; k <= last; ++k) {
    if (power(k) < power(least)) least = k;
    const bool peak = power(k) >= power(std::max(1, k - 2)) && power(k) >= power(std::max(1, k - 1)) &&
                      power(k) > power(std::min(last, k + 1)) && power(k) > power(std::min(last, k + 2));
    if (!peak) continue;
    if (seen) close(least);
    seen = true;
    least = k;
  }
  close(last);
}

}  // namespace entrain
