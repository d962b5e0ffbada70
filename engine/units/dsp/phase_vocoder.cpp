#include "engine/units/dsp/phase_vocoder.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "engine/units/dsp/cut.h"

namespace entrain {
namespace {

// What goes on through an attack: neither rises so far nor falls so far, in energy, nor lies above so much of the rate.
constexpr float kRises = 2, kFalls = 0.25f;
constexpr double kUpTo = 0.05;
constexpr float kFaintest = 1e-30f;  // of a cross spectrum that says anything
constexpr std::size_t kLobe = 4;  // bins on either side of a peak that are its own: twice a Hann window's lobe

/// Calls region(from, peak, to) for bins [from, to) around each peak of `power`: up to the least value between two.
/// Without branches where half of them would be a surprise.
template <class Region>
void around_peaks(const std::vector<float>& power, std::vector<std::uint32_t>& peaks, const Region& region) {
  const std::size_t end = power.size();
  const auto at = [&](std::size_t k) { return k < end ? power[k] : 0.0f; };
  std::size_t count = 0;
  const auto note = [&](std::size_t k, float before, float before_that, float after, float after_that) {
    peaks[count] = static_cast<std::uint32_t>(k);
    count += static_cast<std::size_t>((power[k] >= before) & (power[k] >= before_that) & (power[k] > after) &
                                      (power[k] > after_that));
  };
  note(1, power[1], power[1], power[2], power[3]);
  note(2, power[1], power[1], power[3], power[4]);
  for (std::size_t k = 3; k + 2 < end; ++k) note(k, power[k - 1], power[k - 2], power[k + 1], power[k + 2]);
  for (std::size_t k = end - 2; k < end; ++k) note(k, power[k - 1], power[k - 2], at(k + 1), at(k + 2));

  std::size_t from = 1;
  for (std::size_t p = 0; p + 1 < count; ++p) {
    std::size_t least = peaks[p];
    float low = power[least];
    for (std::size_t k = least + 1; k < peaks[p + 1]; ++k) {
      const bool lower = power[k] < low;
      low = lower ? power[k] : low;
      least = lower ? k : least;
    }
    region(from, peaks[p], least + 1);
    from = least + 1;
  }
  region(from, count > 0 ? peaks[count - 1] : from, end);
}

}  // namespace

void PhaseVocoder::prepare(int window, int hop) {
  window_ = window;
  hop_ = hop;
  const auto n = static_cast<std::size_t>(window);
  turns_ = fourier_turns(window);
  for (auto* weights : {&analysis_, &laying_, &synthesis_, &both_}) weights->resize(n);
  // Hann windows squared, laid at most a quarter apart, add up to 3/8 of a window per hop.
  const double sum = 0.375 * window / hop;
  for (std::size_t i = 0; i < n; ++i) {
    const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / window);
    analysis_[i] = static_cast<float>(hann);
    synthesis_[i] = static_cast<float>(hann / sum / window);  // and the transforms are not scaled
    laying_[i] = static_cast<float>(hann / sum);
    both_[i] = static_cast<float>(hann * hann / sum);
  }
  spare_.assign(static_cast<std::size_t>(fourier_room(window)), 0.0f);
  for (auto* half : {&power_, &cross_real_, &cross_imaginary_, &turn_real_, &turn_imaginary_})
    half->assign(n / 2, 0.0f);
  peaks_.assign(n / 2 + 1, 0);
  for (auto* whole : {&going_on_, &ending_}) whole->assign(n, 0.0f);
  for (Frame* frame : {&heard_, &before_, &made_, &through_}) {
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

void PhaseVocoder::invert(const Kernels& kernels, Frame& frame) noexcept {
  kernels.fourier(frame.imaginary.data(), frame.real.data(), spare_.data(), turns_.data(), window_);
}

void PhaseVocoder::follow_copy(const Kernels& kernels, const float* left, const float* right) noexcept {
  take(kernels, left, right, made_);
  started_ = plain_ = true;
  aligned_ = false;
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
  if (!in_step || !aligned_) {
    if (plain_) transform(kernels, made_);
    plain_ = false;
    take(kernels, left, right, before_);
    transform(kernels, before_);
    align(kernels);
  }
  turn(kernels, heard_);
  made_.real.swap(heard_.real);
  made_.imaginary.swap(heard_.imaginary);
  write(kernels, made_, to_left, to_right);
  return false;
}

bool PhaseVocoder::divide(const Kernels& kernels, const float* before_left, const float* before_right,
                          const float* after_left, const float* after_right) noexcept {
  if (plain_) return false;
  take(kernels, before_left, before_right, before_);
  transform(kernels, before_);
  take(kernels, after_left, after_right, heard_);
  transform(kernels, heard_);
  kernels.compare(view(heard_), view(heard_), view(heard_), power_.data(), cross_real_.data(), cross_imaginary_.data(),
                  window_);
  std::vector<float>& after = spare_;
  std::copy(power_.begin(), power_.end(), after.begin());
  kernels.compare(view(before_), view(before_), view(before_), power_.data(), cross_real_.data(),
                  cross_imaginary_.data(), window_);
  std::fill(going_on_.begin(), going_on_.end(), 0.0f);
  bool any = false;
  const auto n = static_cast<std::size_t>(window_), highest = static_cast<std::size_t>(kUpTo * window_);
  around_peaks(power_, peaks_, [&](std::size_t from, std::size_t peak, std::size_t to) {
    if (peak > highest) return;
    from = std::max(from, std::max(peak, kLobe + 1) - kLobe);
    to = std::min(to, peak + kLobe + 1);
    float was = 0, is = 0;
    for (std::size_t k = from; k < to; ++k) {
      was += power_[k];
      is += after[k];
    }
    if (!(is <= kRises * was && is >= kFalls * was)) return;
    any = any || was > 0;
    std::fill(&going_on_[from], &going_on_[to], 1.0f);
    std::fill(&going_on_[n - to + 1], &going_on_[n - from] + 1, 1.0f);  // the same of negative frequencies
  });
  for (std::size_t k = 0; k < n; ++k) ending_[k] = (1 - going_on_[k]) / static_cast<float>(window_);
  return any;
}

void PhaseVocoder::lay_through(const Kernels& kernels, const float* left, const float* right, const Cut& cut,
                               float* to_left, float* to_right) noexcept {
  take(kernels, left + hop_, right + hop_, heard_);
  transform(kernels, heard_);
  take(kernels, left, right, before_);
  transform(kernels, before_);
  align(kernels);
  kernels.multiply(through_.real.data(), heard_.real.data(), going_on_.data(), window_);
  kernels.multiply(through_.imaginary.data(), heard_.imaginary.data(), going_on_.data(), window_);
  turn(kernels, through_);

  for (Frame* frame : {&heard_, &before_}) {
    strike(kernels, *frame);
    end_at(frame->real.data(), frame->imaginary.data(), cut.read - (frame == &heard_ ? hop_ : 0), cut.fade, window_);
    transform(kernels, *frame);
  }
  align(kernels);
  turn(kernels, heard_);
  for (std::size_t k = 0; k < going_on_.size(); ++k) {
    made_.real[k] = going_on_[k] > 0 ? through_.real[k] : heard_.real[k];
    made_.imaginary[k] = going_on_[k] > 0 ? through_.imaginary[k] : heard_.imaginary[k];
  }
  write(kernels, heard_, to_left, to_right);
  end_at(to_left, to_right, cut.written, cut.fade, window_);
  invert(kernels, through_);
  for (int i = 0; i < window_; ++i) {
    const auto k = static_cast<std::size_t>(i);
    to_left[i] += through_.real[k] * synthesis_[k];
    to_right[i] += through_.imaginary[k] * synthesis_[k];
  }
}

void PhaseVocoder::copy_after(const Kernels& kernels, const float* left, const float* right, const Cut& cut,
                              float* to_left, float* to_right) noexcept {
  take(kernels, left, right, heard_);
  transform(kernels, heard_);
  strike(kernels, heard_);
  kernels.multiply(to_left, heard_.real.data(), laying_.data(), window_);
  kernels.multiply(to_right, heard_.imaginary.data(), laying_.data(), window_);
  begin_at(to_left, to_right, cut.written, cut.fade, window_);
}

void PhaseVocoder::follow_copy_after(const Kernels& kernels, const float* left, const float* right) noexcept {
  take(kernels, left, right, heard_);
  transform(kernels, heard_);
  for (std::size_t k = 0; k < going_on_.size(); ++k)
    if (going_on_[k] == 0) {
      made_.real[k] = heard_.real[k];
      made_.imaginary[k] = heard_.imaginary[k];
    }
  aligned_ = false;
}

/// Takes away what goes on, and makes frames of the rest.
void PhaseVocoder::strike(const Kernels& kernels, Frame& frame) noexcept {
  kernels.multiply(frame.real.data(), frame.real.data(), ending_.data(), window_);
  kernels.multiply(frame.imaginary.data(), frame.imaginary.data(), ending_.data(), window_);
  invert(kernels, frame);
}

void PhaseVocoder::turn(const Kernels& kernels, Frame& frame) const noexcept {
  kernels.turn(frame.real.data(), frame.imaginary.data(), turn_real_.data(), turn_imaginary_.data(), window_);
}

/// A spectrum as frames to be laid.
void PhaseVocoder::write(const Kernels& kernels, const Frame& frame, float* to_left, float* to_right) noexcept {
  std::copy(frame.real.begin(), frame.real.end(), to_left);
  std::copy(frame.imaginary.begin(), frame.imaginary.end(), to_right);
  kernels.fourier(to_right, to_left, spare_.data(), turns_.data(), window_);
  kernels.multiply(to_left, to_left, synthesis_.data(), window_);
  kernels.multiply(to_right, to_right, synthesis_.data(), window_);
}

/// The turns that lay before_ on made_: one for each peak's surroundings in heard_. Bins 0 and window / 2 are real and
/// stay as they are.
void PhaseVocoder::align(const Kernels& kernels) noexcept {
  kernels.compare(view(heard_), view(made_), view(before_), power_.data(), cross_real_.data(), cross_imaginary_.data(),
                  window_);
  around_peaks(power_, peaks_, [this](std::size_t from, std::size_t, std::size_t to) {
    float real = 0, imaginary = 0;
    for (std::size_t k = from; k < to; ++k) {
      real += cross_real_[k];
      imaginary += cross_imaginary_[k];
    }
    const float size = std::sqrt(real * real + imaginary * imaginary), part = 1 / size;
    std::fill(&turn_real_[from], &turn_real_[to], size > kFaintest ? real * part : 1);
    std::fill(&turn_imaginary_[from], &turn_imaginary_[to], size > kFaintest ? imaginary * part : 0);
  });
  aligned_ = true;
}

}  // namespace entrain
