#include "engine/analysis/fft.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/levels.h"

using namespace entrain;
using namespace entrain::test;

namespace {

std::vector<double> odd_signal(int size) {
  std::vector<double> x;
  for (int i = 0; i < size; ++i)
    x.push_back(static_cast<double>(static_cast<float>(std::sin(1.0 + i * i))) + 0.25);
  return x;
}

void read(Fft& fft, const std::vector<double>& x) {
  std::ranges::transform(x, fft.input().begin(), [](double v) { return static_cast<float>(v); });
}

/// |sum of x[i] e^(-2 pi i k / size)|^2, the sum it stands for.
double power_of(const std::vector<double>& x, int k) {
  std::complex<double> sum;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += x[i] * std::polar(1.0, -2 * std::numbers::pi * k * static_cast<double>(i) /
                                      static_cast<double>(x.size()));
  return std::norm(sum);
}

}  // namespace

TEST_CASE("a spectrum's powers are those of the sums it stands for, at every level", "[fft]") {
  for (const Isa isa : available_isas())
    for (const int size : {2, 4, 6, 12, 64, 90, 1000, 1024}) {
      const AtLevel level(isa);
      INFO(size << " samples, " << name_of(isa));
      const auto x = odd_signal(size);
      Fft fft(size);
      read(fft, x);
      REQUIRE(fft.bins() == size / 2 + 1);
      std::vector<float> power(static_cast<std::size_t>(fft.bins()));
      fft.power(power);
      double all = 0;
      for (int k = 0; k < fft.bins(); ++k) all += power_of(x, k);
      for (int k = 0; k < fft.bins(); ++k) {
        INFO("bin " << k);
        const double expected = power_of(x, k);
        REQUIRE(std::abs(static_cast<double>(power[static_cast<std::size_t>(k)]) - expected) <
                1e-6 * std::sqrt(all * expected) + 1e-12 * all);
      }
      CHECK(std::ranges::equal(x, fft.input(), {}, [](double v) { return static_cast<float>(v); }));
    }
}

TEST_CASE("an autocorrelation is the sum it stands for, round the circle", "[fft]") {
  for (const int size : {2, 12, 64, 250}) {
    const auto x = odd_signal(size);
    Fft fft(size);
    read(fft, x);
    fft.autocorrelate();
    for (int lag = 0; lag < size; ++lag) {
      double sum = 0;
      for (int i = 0; i < size; ++i)
        sum += x[static_cast<std::size_t>(i)] * x[static_cast<std::size_t>((i + lag) % size)];
      REQUIRE(static_cast<double>(fft.input()[static_cast<std::size_t>(lag)]) / size ==
              Approx(sum).margin(1e-5 * size));
    }
  }
}

TEST_CASE("a fast length is the next one of small factors", "[fft]") {
  CHECK(fast_length(1) == 2);
  CHECK(fast_length(1024) == 1024);
  CHECK(fast_length(1114) == 1120);
  CHECK(fast_length(8158) == 8192);
  CHECK(fast_length(2 * 11) == 24);
}
