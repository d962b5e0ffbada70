#include "engine/units/dsp/k_weighting.h"

#include <cmath>

#include "engine/units/dsp/maths.h"

namespace entrain {

KWeighting::KWeighting(int rate) {
  const auto k_of = [&](double hertz) { return std::tan(kPi * hertz / rate); };
  const double q1 = 0.7071752369554196, head = std::pow(10.0, 3.999843853973347 / 20),
               body = std::pow(head, 0.4996667741545416);
  double k = k_of(1681.974450955533), a0 = 1 + k / q1 + k * k;
  shelf = {(head + body * k / q1 + k * k) / a0, 2 * (k * k - head) / a0, (head - body * k / q1 + k * k) / a0,
           2 * (k * k - 1) / a0, (1 - k / q1 + k * k) / a0};
  const double q2 = 0.5003270373238773;
  k = k_of(38.13547087602444), a0 = 1 + k / q2 + k * k;
  high = {1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / q2 + k * k) / a0};
}

}  // namespace entrain
