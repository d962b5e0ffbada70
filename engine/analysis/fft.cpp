#include "engine/analysis/fft.h"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

#include "engine/analysis/kept.h"
#include "engine/analysis/wide.h"

namespace entrain {
namespace {

enum class Direction { kForward, kInverse };

Fft::HalfTurns make_half_turns(int size) {
  Fft::HalfTurns turns;
  for (int k = 0; k <= size / 4; ++k) {
    const auto turn = std::complex<double>(0, -0.5) * std::polar(1.0, -2 * std::numbers::pi * k / size);
    turns.real.push_back(static_cast<float>(turn.real()));
    turns.imaginary.push_back(static_cast<float>(turn.imag()));
  }
  return turns;
}

const Fft::HalfTurns& half_turns(int size) {
  static auto& kept = *new Kept<int, Fft::HalfTurns>;
  return kept.get(size, [&] { return make_half_turns(size); });
}

/// Estimated plans: they do not depend on what was measured, so results come again.
fftwf_plan make_plan(int size, Direction direction) {
  float* const samples = fftwf_alloc_real(static_cast<std::size_t>(size));
  fftwf_complex* const spectrum = fftwf_alloc_complex(static_cast<std::size_t>(size / 2 + 1));
  const fftwf_plan plan = direction == Direction::kForward
                              ? fftwf_plan_dft_1d(size / 2, reinterpret_cast<fftwf_complex*>(samples),
                                                  spectrum, FFTW_FORWARD, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT)
                              : fftwf_plan_dft_c2r_1d(size, spectrum, samples, FFTW_ESTIMATE);
  fftwf_free(spectrum);
  fftwf_free(samples);
  return plan;
}

/// FFTW's planner serves one at a time, as Kept does.
fftwf_plan planned(int size, Direction direction) {
  static auto& kept = *new Kept<std::pair<int, Direction>, fftwf_plan>;
  return kept.get({size, direction}, [&] { return make_plan(size, direction); });
}

/// The powers of bins 1 to below half / 2, rising, and of those as far below `half`, falling, from the parts
/// of the complex transform of `half` values.
void powers(std::size_t half, const float* __restrict real, const float* __restrict imaginary,
            const Fft::HalfTurns& half_turns, float* __restrict rising, float* __restrict falling) {
  const float* __restrict turn_real = half_turns.real.data(), * __restrict turn_imaginary =
                                                                  half_turns.imaginary.data();
  for (std::size_t k = 1; k < (half + 1) / 2; ++k) {
    const float even_real = 0.5f * (real[k] + real[half - k]),
                even_imaginary = 0.5f * (imaginary[k] - imaginary[half - k]);
    const float re = real[k] - real[half - k], im = imaginary[k] + imaginary[half - k];
    const float odd_real = turn_real[k] * re - turn_imaginary[k] * im,
                odd_imaginary = turn_real[k] * im + turn_imaginary[k] * re;
    const float a = even_real + odd_real, b = even_imaginary + odd_imaginary;
    const float c = even_real - odd_real, d = even_imaginary - odd_imaginary;
    rising[k] = a * a + b * b;
    *(falling - k) = c * c + d * d;
  }
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
      spectrum_(fftwf_alloc_real(2 * static_cast<std::size_t>(bins()))),
      real_(static_cast<std::size_t>(size / 2)),
      imaginary_(real_.size()),
      forward_(planned(size, Direction::kForward)),
      half_turns_(half_turns(size)) {
  std::ranges::fill(input(), 0.0f);
}

void Fft::power(std::span<float> out) {
  fftwf_execute_dft(static_cast<fftwf_plan>(forward_), reinterpret_cast<fftwf_complex*>(input_.get()),
                    reinterpret_cast<fftwf_complex*>(spectrum_.get()));
  const std::size_t half = real_.size();
  widely([=, this, z = spectrum_.get(), real = real_.data(), imaginary = imaginary_.data()] {
    for (std::size_t k = 0; k < half; ++k) {
      real[k] = z[2 * k];
      imaginary[k] = z[2 * k + 1];
    }
    powers(half, real, imaginary, half_turns_, out.data(), out.data() + half);
  });
  const float even = real_[0], odd = imaginary_[0];
  out[0] = (even + odd) * (even + odd);
  out[half] = (even - odd) * (even - odd);
  if (const std::size_t k = half / 2; half % 2 == 0)
    out[k] = real_[k] * real_[k] + imaginary_[k] * imaginary_[k];
}

void Fft::autocorrelate() {
  if (!inverse_) inverse_ = planned(size_, Direction::kInverse);
  std::vector<float> powers(static_cast<std::size_t>(bins()));
  power(powers);
  for (std::size_t k = 0; k < powers.size(); ++k) {
    spectrum_.get()[2 * k] = powers[k];
    spectrum_.get()[2 * k + 1] = 0;
  }
  fftwf_execute_dft_c2r(static_cast<fftwf_plan>(inverse_), reinterpret_cast<fftwf_complex*>(spectrum_.get()),
                        input_.get());
}

}  // namespace entrain
