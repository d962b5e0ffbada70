// Loudness as libebur128 measures it, which ours is checked against.
#pragma once

#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/analysis/loudness.h"
#include "tests/support/catch.h"

namespace entrain::test {

inline Loudness library_loudness(const Pcm& pcm) {
  ebur128_state* state = ebur128_init(2, static_cast<unsigned long>(pcm.rate),
                                      EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
  REQUIRE(state != nullptr);
  std::vector<float> both;
  for (std::size_t i = 0; i < pcm.left.size(); ++i) {
    both.push_back(pcm.left[i]);
    both.push_back(pcm.right[i]);
  }
  REQUIRE(ebur128_add_frames_float(state, both.data(), pcm.left.size()) == EBUR128_SUCCESS);
  Loudness out;
  ebur128_loudness_global(state, &out.integrated);
  ebur128_loudness_range(state, &out.range);
  double peak = 0;
  for (const unsigned side : {0u, 1u}) {
    double value = 0;
    ebur128_true_peak(state, side, &value);
    peak = std::max(peak, value);
  }
  out.true_peak = 20 * std::log10(peak);
  ebur128_destroy(&state);
  return out;
}

}  // namespace entrain::test
