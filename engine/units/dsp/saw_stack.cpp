#include "engine/units/dsp/saw_stack.h"

#include <algorithm>

#include "engine/core/draws.h"

namespace entrain {
namespace {

/// Where a saw stands: its part of the detuning, its side (-1 left, 1 right), its level.
struct Place {
  double off;
  float side, level;
};
constexpr std::array<Place, SawStack::kSaws> kPlaces{{{0, 0, 1.5f},
                                                      {-1, -1, 0.37f},
                                                      {1, 1, 0.37f},
                                                      {-0.72, 0.8f, 0.37f},
                                                      {0.72, -0.8f, 0.37f},
                                                      {-0.4, -0.6f, 0.37f},
                                                      {0.4, 0.6f, 0.37f}}};
constexpr double kCent = 0.00057778950655;  ///< 2^(1/1200) - 1

std::uint32_t step_of(double pitch) { return static_cast<std::uint32_t>(pitch * 4294967296.0); }

}  // namespace

void SawStack::start(std::uint64_t draws, double pitch) {
  for (std::size_t s = 0; s < kSaws; ++s) phases_[s] = static_cast<std::uint32_t>(mix_bits(draws + s));
  steps_ = {};
  pitch_ = pitch;
}

void SawStack::render(Stereo* to, int n, const SawTable& table, double pitch, double cents, Ramp gain) {
  const SawTable::Reading wave = table.reading(std::max(pitch, pitch_) * (1 + cents * kCent));
  const float slope = (gain.to - gain.from) / static_cast<float>(n);
  for (std::size_t s = 0; s < kSaws; ++s) {
    const Place& place = kPlaces[s];
    const double ratio = 1 + place.off * cents * kCent;
    const std::uint32_t arrive = step_of(pitch * ratio);
    std::uint32_t phase = phases_[s], step = steps_[s] == 0 ? step_of(pitch_ * ratio) : steps_[s];
    const auto bend = static_cast<std::uint32_t>(static_cast<std::int32_t>(arrive - step) / n);
    const Stereo sides = place.level * stereo(1 - place.side, 1 + place.side) * 0.70710678f;
    float level = gain.from;
    for (int i = 0; i < n; ++i) {
      level += slope, step += bend, phase += step;
      to[i] += level * wave.at(phase) * sides;
    }
    phases_[s] = phase;
    steps_[s] = arrive;
  }
  pitch_ = pitch;
}

}  // namespace entrain
