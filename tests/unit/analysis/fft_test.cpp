#include "engine/analysis/fft.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "tests/support/catch.h"

using namespace entrain;

TEST_CASE("the transform is the sum it stands for, and comes back", "[fft]") {
  for (const int size : {2, 12, 64, 1000}) {
    Fft fft(size);
    std::vector<float> x(static_cast<std::size_t>(size));
    for (int i = 0; i < size; ++i)
      x[static_cast<std::size_t>(i)] = static_cast<float>(std::sin(1.0 + i * i)) + 0.25f;
    std::copy(x.begin(), x.end(), fft.input().begin());
    fft.forward();
    REQUIRE(fft.bins() == size / 2 + 1);
    for (int k = 0; k < fft.bins(); ++k) {
      std::complex<double> sum;
      for (int i = 0; i < size; ++i)
        sum += static_cast<double>(x[static_cast<std::size_t>(i)]) *
               std::polar(1.0, -2 * std::numbers::pi * k * i / size);
      const auto got = std::complex<double>(fft.output()[static_cast<std::size_t>(k)]);
      REQUIRE(std::abs(got - sum) < 1e-4 * size);
    }
    CHECK(std::equal(x.begin(), x.end(), fft.input().begin()));
    fft.inverse();
    for (int i = 0; i < size; ++i)
      REQUIRE(std::abs(fft.input()[static_cast<std::size_t>(i)] / static_cast<float>(size) -
                       x[static_cast<std::size_t>(i)]) < 1e-5f);
  }
}

TEST_CASE("a fast length is the next one of small factors", "[fft]") {
  CHECK(fast_length(1) == 2);
  CHECK(fast_length(1024) == 1024);
  CHECK(fast_length(1114) == 1120);
  CHECK(fast_length(8158) == 8192);
  CHECK(fast_length(2 * 11) == 24);
}
