// Loops made to be stretched, and a stretcher that does.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/units/dsp/maths.h"
#include "engine/units/dsp/stretcher.h"
#include "tests/support/rate.h"

namespace entrain::test {

inline constexpr std::int64_t kLaunch = 96'013;  // inside a quantum
inline const Kernels& kKernels = kernels_for(best_isa());

struct MadeLoop {
  std::vector<float> left, right;
  std::vector<double> attacks;
  StretchSource source() const {
    return {left.data(), right.data(), static_cast<std::int64_t>(left.size()), true};
  }
};

struct NoiseDraw {
  std::uint32_t state;
  double operator()() { return ((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0 - 1; }
};

/// Two seconds at 120 beats per minute: an attack per half-beat, `late` frames after it, over a bed.
enum class Bed { noise, chord };
inline MadeLoop made_loop(Bed bed, int late, int rate = kRate) {
  const std::size_t frames = 2 * static_cast<std::size_t>(rate);
  MadeLoop pcm{std::vector<float>(frames), std::vector<float>(frames), {}};
  NoiseDraw draw{7};
  for (std::size_t i = 0; i < frames; ++i) {
    double v = bed == Bed::noise ? 0.02 * draw() : 0;
    for (const double hz : {110.0, 220.5, 331.0, 440.0})
      v += 0.05 * std::sin(2 * kPi * hz * static_cast<double>(i) / rate);
    const auto beat = static_cast<std::size_t>(rate / 4);
    const std::size_t since = (i + frames - static_cast<std::size_t>(late)) % beat;
    if (since < static_cast<std::size_t>(rate / 125))
      v += 0.6 * std::exp(-static_cast<double>(since) / (0.0015 * rate)) * draw();
    if (since == 0) pcm.attacks.push_back(static_cast<double>(i));
    pcm.left[i] = static_cast<float>(std::round(v * 32767) / 32767);
    pcm.right[i] = static_cast<float>(std::round(0.7 * v * 32767) / 32767);
  }
  return pcm;
}

/// Source position by tempo: constant, or 60 -> 180 -> 60 beats per minute over four bars each.
struct TempoMap {
  double slope = 1;
  bool ramps = false;
  mutable int reads = 0;

  static constexpr double kHold = 2 * kRate, kRamp = 8 * kRate;
  double at(double frame) const {
    double t = frame - static_cast<double>(kLaunch), s = 0;
    if (!ramps) return t * slope;
    if (t < kHold) return t / 2;
    const auto span = [&](double length, double from, double to) {
      const double x = std::clamp(t, 0.0, length);
      s += from * x + (to - from) * x * x / (2 * length);
      t -= length;
    };
    span(kHold, 0.5, 0.5), span(kRamp, 0.5, 1.5), span(kHold, 1.5, 1.5), span(kRamp, 1.5, 0.5);
    return s + std::max(0.0, t) / 2;
  }
  double frame_of(double source) const {
    double low = kLaunch, high = kLaunch + 60.0 * kRate;
    for (int i = 0; i < 60; ++i) (at((low + high) / 2) < source ? low : high) = (low + high) / 2;
    return low;
  }
  static double read(const void* map, double frame) {
    ++static_cast<const TempoMap*>(map)->reads;
    return static_cast<const TempoMap*>(map)->at(frame);
  }
  StretchTarget target() const { return {read, this}; }
};

inline std::int64_t quantum_of(std::int64_t frame) { return frame / kQuantum * kQuantum; }

/// Left, right from the launch's quantum on; `early`: frames before it at which begin() is called.
inline std::array<std::vector<float>, 2> stretched(Stretcher& s, const MadeLoop& pcm, const TempoMap& map,
                                                   double seconds, std::int64_t early = 0, int index = 0,
                                                   std::vector<double>* errors = nullptr) {
  const auto frames = static_cast<std::size_t>(quantum_of(static_cast<std::int64_t>(seconds * kRate)));
  std::array<std::vector<float>, 2> out{std::vector<float>(frames), std::vector<float>(frames)};
  s.begin(Frame(kLaunch), index);
  for (auto q = quantum_of(kLaunch - std::max<std::int64_t>(early, s.lead())); q < quantum_of(kLaunch);
       q += kQuantum)
    s.preroll(kKernels, pcm.source(), map.target(), Frame(q));
  for (std::size_t i = 0; i < frames; i += kQuantum) {
    const auto q = quantum_of(kLaunch) + static_cast<std::int64_t>(i);
    s.process(kKernels, pcm.source(), map.target(), Frame(q), &out[0][i], &out[1][i]);
    if (errors) errors->push_back(s.source_position() - map.at(static_cast<double>(q + kQuantum)));
  }
  return out;
}

inline Stretcher prepared_stretcher(int rate = kRate) {
  Stretcher s;
  s.prepare(rate);
  return s;
}

}  // namespace entrain::test
