#include "engine/analysis/loudness.h"

#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace entrain {
namespace {

constexpr std::size_t kBlock = 4096;

struct Destroy {
  void operator()(ebur128_state* state) const { ebur128_destroy(&state); }
};

}  // namespace

Loudness measure_loudness(const Pcm& pcm) {
  Loudness loudness;
  const std::unique_ptr<ebur128_state, Destroy> meter(ebur128_init(
      2, static_cast<unsigned long>(pcm.rate), EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK));
  if (!meter) return loudness;
  std::vector<float> both(2 * kBlock);
  for (std::size_t from = 0; from < pcm.left.size(); from += kBlock) {
    const std::size_t n = std::min(kBlock, pcm.left.size() - from);
    for (std::size_t i = 0; i < n; ++i) {
      both[2 * i] = pcm.left[from + i];
      both[2 * i + 1] = pcm.right[from + i];
    }
    ebur128_add_frames_float(meter.get(), both.data(), n);
  }
  double value = 0;
  if (ebur128_loudness_global(meter.get(), &value) == EBUR128_SUCCESS && std::isfinite(value))
    loudness.integrated = std::max(value, Loudness::kSilence);
  if (ebur128_loudness_range(meter.get(), &value) == EBUR128_SUCCESS && std::isfinite(value))
    loudness.range = value;
  double peak = 0;
  for (const unsigned channel : {0u, 1u})
    if (ebur128_true_peak(meter.get(), channel, &value) == EBUR128_SUCCESS) peak = std::max(peak, value);
  if (peak > 0) loudness.true_peak = std::max(Loudness::kLowestPeak, 20 * std::log10(peak));
  return loudness;
}

}  // namespace entrain
