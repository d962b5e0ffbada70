#include "engine/analysis/fft.h"

#include <fftw3.h>

#include <algorithm>
#include <mutex>

namespace entrain {
namespace {

std::mutex& planner() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

void Fft::Free::operator()(void* memory) const { fftwf_free(memory); }

void Fft::Destroy::operator()(void* plan) const {
  const std::lock_guard lock(planner());
  fftwf_destroy_plan(static_cast<fftwf_plan>(plan));
}

Fft::Fft(int size)
    : size_(size),
      input_(fftwf_alloc_real(static_cast<std::size_t>(size))),
      output_(fftwf_alloc_complex(static_cast<std::size_t>(bins()))) {
  auto* const spectrum = static_cast<fftwf_complex*>(output_.get());
  const std::lock_guard lock(planner());
  // Estimated plans: they do not depend on what was measured, so results come again.
  forward_.reset(fftwf_plan_dft_r2c_1d(size, input_.get(), spectrum, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT));
  inverse_.reset(fftwf_plan_dft_c2r_1d(size, spectrum, input_.get(), FFTW_ESTIMATE));
  std::ranges::fill(input(), 0.0f);
  std::ranges::fill(output(), std::complex<float>());
}

std::span<std::complex<float>> Fft::output() {
  return {static_cast<std::complex<float>*>(output_.get()), static_cast<std::size_t>(bins())};
}

void Fft::forward() { fftwf_execute(static_cast<fftwf_plan>(forward_.get())); }
void Fft::inverse() { fftwf_execute(static_cast<fftwf_plan>(inverse_.get())); }

}  // namespace entrain
