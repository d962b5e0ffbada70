#include "engine/core/kernels.h"

#include <cmath>
#include <numbers>

namespace entrain {

/// For each radix-4 pass, of n, n/4, n/16 … values: the first, second and third powers of its roots of unity.
std::vector<float> fourier_turns(int n) {
  std::vector<float> turns;
  for (int length = n; length >= 8; length /= 8)
    for (int power = 1; power <= (length > kShortFourier ? 1 : 7); ++power)
      for (const bool imaginary : {false, true})
        for (int p = 0; p < length / 8; ++p) {
          const double angle = -2 * std::numbers::pi * power * p / length;
          turns.push_back(static_cast<float>(imaginary ? std::sin(angle) : std::cos(angle)));
        }
  return turns;
}

}  // namespace entrain
