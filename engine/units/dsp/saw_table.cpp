#include "engine/units/dsp/saw_table.h"

#include <algorithm>
#include <array>

#include "engine/units/dsp/maths.h"

namespace entrain {
namespace {

constexpr double kFewest = 4, kHighest = 0.45;  ///< harmonics of the dullest table; of the rate
constexpr std::array kHarmonics{4, 5, 8, 11, 16, 22, 32, 45, 64, 90, 128, 181, 256, 362, 512};

}  // namespace

void SawTable::prepare() {
  static_assert(kHarmonics.size() == kLevels);
  if (!tables_.empty()) return;
  std::vector<double> turn(kSize), sum(kSize);
  for (std::size_t i = 0; i < kSize; ++i) turn[i] = sine_of_turns(static_cast<double>(i) / kSize);
  std::size_t k = 1;
  for (const int harmonics : kHarmonics) {
    for (; k <= static_cast<std::size_t>(harmonics); ++k)
      for (std::size_t i = 0; i < kSize; ++i) sum[i] += turn[k * i % kSize] / static_cast<double>(k);
    for (std::size_t i = 0; i <= kSize; ++i) tables_.push_back(static_cast<float>(2 / kPi * sum[i % kSize]));
  }
}

SawTable::Reading SawTable::reading(double pitch) const {
  const double level = std::clamp(2 * log2_exact(kHighest / pitch / kFewest), 0.0, kLevels - 1.0);
  const auto bright = static_cast<std::size_t>(level), dull = bright > 0 ? bright - 1 : 0;
  const float* first = tables_.data();
  return {first + dull * (kSize + 1), first + bright * (kSize + 1),
          static_cast<float>(level - static_cast<double>(bright))};
}

}  // namespace entrain
