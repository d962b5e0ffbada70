#include "engine/analysis/fft.h"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>
#include <utility>
#include <vector>

namespace entrain {
namespace {

enum class Direction { kForward, kInverse };

using Complex = std::complex<float>;
using Turns = std::vector<Complex>;

std::mutex planning;  // FFTW's planner, and what is kept here, serve one at a time

/// For bin k of `size`: -i/2 e^(-2 pi i k / size).
std::span<const Complex> half_turns(int size) {
  static auto& kept = *new std::map<int, Turns>;  // threads may outlive main()
  const std::lock_guard lock(planning);
  Turns& turns = kept[size];
  for (int k = static_cast<int>(turns.size()); k <= size / 4; ++k)
    turns.push_back(
        Complex(std::complex<double>(0, -0.5) * std::polar(1.0, -2 * std::numbers::pi * k / size)));
  return turns;
}

/// Estimated plans: they do not depend on what was measured, so results come again.
fftwf_plan planned(int size, Direction direction) {
  static auto& plans = *new std::map<std::pair<int, Direction>, fftwf_plan>;  // threads may outlive main()
  const std::lock_guard lock(planning);
  fftwf_plan& plan = plans[{size, direction}];
  if (plan) return plan;
  float* const samples = fftwf_alloc_real(static_cast<std::size_t>(size));
  fftwf_complex* const spectrum = fftwf_alloc_complex(static_cast<std::size_t>(size / 2 + 1));
  plan = direction == Direction::kForward
             ? fftwf_plan_dft_1d(size / 2, reinterpret_cast<fftwf_complex*>(samples), spectrum, FFTW_FORWARD,
                                 FFTW_ESTIMATE | FFTW_PRESERVE_INPUT)
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
      forward_(planned(size, Direction::kForward)),
      half_turns_(half_turns(size)) {
  std::ranges::fill(input(), 0.0f);
  std::ranges::fill(output(), std::complex<float>());
}

std::span<std::complex<float>> Fft::output() {
  return {static_cast<std::complex<float>*>(output_.get()), static_cast<std::size_t>(bins())};
}

void Fft::forward() {
  fftwf_execute_dft(static_cast<fftwf_plan>(forward_), reinterpret_cast<fftwf_complex*>(input_.get()),
                    static_cast<fftwf_complex*>(output_.get()));
  const std::span<Complex> z = output();
  const std::size_t half = z.size() - 1;
  const float even = z[0].real(), odd = z[0].imag();
  z[half] = even - odd;
  z[0] = even + odd;
  for (std::size_t k = 1; k < half - k; ++k) {
    const Complex a = z[k], b = z[half - k], turn = half_turns_[k];
    const float re = a.real() - b.real(), im = a.imag() + b.imag();
    const Complex evens(0.5f * (a.real() + b.real()), 0.5f * (a.imag() - b.imag()));
    const Complex odds(turn.real() * re - turn.imag() * im, turn.real() * im + turn.imag() * re);
    z[k] = evens + odds;
    z[half - k] = std::conj(evens - odds);
  }
  if (half % 2 == 0) z[half / 2] = std::conj(z[half / 2]);
}

void Fft::inverse() {
  if (!inverse_) inverse_ = planned(size_, Direction::kInverse);
  fftwf_execute_dft_c2r(static_cast<fftwf_plan>(inverse_), static_cast<fftwf_complex*>(output_.get()),
                        input_.get());
}

}  // namespace entrain
