#include "engine/analysis/energy.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/loudness.h"

namespace entrain {
namespace {

double part(double value, double least, double most) {
  const double share = (value - least) / (most - least);
  return share >= 0 ? std::min(share, 1.0) : 0.0;  // 0 for what is no number
}

}  // namespace

float energy_of(const Drive& drive) {
  if (!(drive.lufs > Loudness::kSilence)) return 0;
  const double events = std::log2(1 + std::max(0.0, drive.onsets_per_second));
  return static_cast<float>(3 * part(drive.lufs, -40, -8) + 3 * part(events, 0, std::log2(13.0)) +
                            2 * part(drive.brightness, 40, 80) + 2 * part(drive.kicks_per_second, 0, 2.5));
}

}  // namespace entrain
