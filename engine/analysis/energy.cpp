#include "engine/analysis/energy.h"

#include <algorithm>

namespace entrain {
namespace {

double part(double value, double least, double most) {
  return std::clamp((value - least) / (most - least), 0.0, 1.0);
}

}  // namespace

float energy_of(const Drive& drive) {
  if (drive.lufs <= -70) return 0;
  const double sum =
      part(drive.lufs, -40, -8) + part(drive.onsets_per_second, 0, 10) + part(drive.brightness, 40, 90);
  return static_cast<float>(10 * sum / 3);
}

}  // namespace entrain
