// The spectral loops of the kernels, at every level the machine has.
#include "engine/core/kernels.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include "engine/units/dsp/maths.h"
#include "tests/support/catch.h"
#include "tests/support/rate.h"

using namespace entrain;
using namespace entrain::test;

namespace {

using Complex = std::complex<double>;

struct Values {
  explicit Values(int n, int seed) : real(static_cast<std::size_t>(n)), imaginary(real.size()) {
    for (std::size_t i = 0; i < real.size(); ++i) {
      real[i] = static_cast<float>(std::sin(0.37 * static_cast<double>(i * i + static_cast<std::size_t>(seed))));
      imaginary[i] = static_cast<float>(std::cos(1.7 * static_cast<double>(i * i * i % 1009) + seed));
    }
  }
  Complex at(int k) const { return {real[static_cast<std::size_t>(k)], imaginary[static_cast<std::size_t>(k)]}; }
  Spectrum view() const { return {real.data(), imaginary.data()}; }
  std::vector<float> real, imaginary;
};

}  // namespace

TEST_CASE("the Fourier transform of the kernels is the sum that defines it, and parts swapped its inverse") {
  for (const Isa isa : available_isas())
    for (const int n : {64, 128, 256, 512, 2'048, 4'096, 8'192}) {
      const Kernels& kernels = kernels_for(isa);
      const Values in(n, 3);
      Values x = in;
      std::vector<float> spare(static_cast<std::size_t>(fourier_room(n)));
      const auto turns = fourier_turns(n);
      kernels.fourier(x.real.data(), x.imaginary.data(), spare.data(), turns.data(), n);
      double worst = 0;
      for (int k = 0; k < n; k += std::max(1, n / 61)) {
        Complex sum = 0;
        for (int i = 0; i < n; ++i) sum += in.at(i) * std::polar(1.0, -2 * kPi * static_cast<double>(static_cast<long>(k) * i % n) / n);
        worst = std::max(worst, std::abs(sum - x.at(k)));
      }
      INFO(name_of(isa) << ", " << n);
      CHECK(worst < 2e-6 * n);
      kernels.fourier(x.imaginary.data(), x.real.data(), spare.data(), turns.data(), n);
      worst = 0;
      for (int i = 0; i < n; ++i) worst = std::max(worst, std::abs(x.at(i) / static_cast<double>(n) - in.at(i)));
      CHECK(worst < 2e-6);
    }
}

TEST_CASE("of two signals in one spectrum, both are compared and both are turned") {
  constexpr int n = 256;
  // What a channel's own spectrum is in bin k of both signals' common one.
  const auto left = [](const Values& v, int k) { return (v.at(k) + std::conj(v.at(n - k))) / 2.0; };
  const auto right = [](const Values& v, int k) { return (v.at(k) - std::conj(v.at(n - k))) / Complex(0, 2); };
  for (const Isa isa : available_isas()) {
    const Kernels& kernels = kernels_for(isa);
    const Values x(n, 1), y(n, 2), z(n, 5);
    std::vector<float> power(n / 2), real(n / 2), imaginary(n / 2);
    kernels.compare(x.view(), y.view(), z.view(), power.data(), real.data(), imaginary.data(), n);
    Values turned = x;
    const Values turns(n / 2, 7);
    kernels.turn(turned.real.data(), turned.imaginary.data(), turns.real.data(), turns.imaginary.data(), n);
    double worst = 0;
    for (int k = 1; k < n / 2; ++k) {
      const auto bin = static_cast<std::size_t>(k);
      const Complex cross = left(y, k) * std::conj(left(z, k)) + right(y, k) * std::conj(right(z, k));
      worst = std::max({worst, std::abs(2 * (std::norm(left(x, k)) + std::norm(right(x, k))) - power[bin]),
                        std::abs(2.0 * cross - Complex(real[bin], imaginary[bin])),
                        std::abs(left(turned, k) - left(x, k) * turns.at(k)),
                        std::abs(right(turned, k) - right(x, k) * turns.at(k))});
    }
    INFO(name_of(isa));
    CHECK(worst < 1e-5);
    CHECK(turned.at(0) == x.at(0));
    CHECK(turned.at(n / 2) == x.at(n / 2));
  }
}
