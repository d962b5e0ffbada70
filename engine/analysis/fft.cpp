#include "engine/analysis/fft.h"

#include <fftw3.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace entrain {
namespace {

enum class Direction { kForward, kInverse };

/// Estimated plans: they do not depend on what was measured, so results come again.
fftwf_plan planned(int size, Direction direction) {
  static std::mutex mutex;
  static auto& plans = *new std::map<std::pair<int, Direction>, fftwf_plan>;  // threads may outlive main()
  const std::lock_guard lock(mutex);
  fftwf_plan& plan = plans[{size, direction}];
  if (plan) return plan;
  float* const samples = fftwf_alloc_real(static_cast<std::size_t>(size));
  fftwf_complex* const spectrum = fftwf_alloc_complex(static_cast<std::size_t>(size / 2 + 1));
  plan = direction == Direction::kForward
             ? fftwf_plan_dft_r2c_1d(size, samples, spectrum, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT)
             : fftwf_plan_dft_c2r_1d(size, spectrum, samples, FFTW_ESTIMATE);
  fftwf_free(spectrum);
  fftwf_free(samples);
  return plan;
}

}  // namespace

void Fft::Free::operator()(void* memory) const { fftwf_free(memory); }

int fast_length(int samples) {
  for (int length = std::max(2, samples + samples % 2);; length += 2) {
    int rest = length;
    for (const int factor : {2, 3, 5, 7})
      while (rest % factor == 0) rest /= factor;
    if (rest == 1) return length;
  }
}

Fft::Fft(int size)
    : size_(size),
      input_(fftwf_alloc_real(static_cast<std::size_t>(size))),
      output_(fftwf_alloc_complex(static_cast<std::size_t>(bins()))),
      forward_(planned(size, Direction::kForward)) {
  std::ranges::fill(input(), 0.0f);
  std::ranges::fill(output(), std::complex<float>());
}

std::span<std::complex<float>> Fft::output() {
  return {static_cast<std::complex<float>*>(output_.get()), static_cast<std::size_t>(bins())};
}

void Fft::forward() {
  fftwf_execute_dft_r2c(static_cast<fftwf_plan>(forward_), input_.get(),
                        static_cast<fftwf_complex*>(output_.get()));
}

void Fft::inverse() {
  if (!inverse_) inverse_ = planned(size_, Direction::kInverse);
  fftwf_execute_dft_c2r(static_cast<fftwf_plan>(inverse_), static_cast<fftwf_complex*>(output_.get()),
                        input_.get());
}

}  // namespace entrain
