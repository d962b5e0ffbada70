// The master: gain, the panic gate, the limiter, the meters; and the headphones, delayed to match.
#pragma once

#include <array>
#include <vector>

#include "engine/core/context.h"
#include "engine/units/dsp/fade.h"
#include "engine/units/dsp/limiter.h"
#include "engine/units/dsp/loudness.h"

namespace entrain {

class Master {
 public:
  enum Control : std::uint8_t { gain, ceiling, cue_gain, cue_blend, cue_split, count };
  static constexpr int instances = 1;
  static constexpr Place place = Place::master;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {gain,    "/master/gain",    Kind::continuous, -60, 12,  0, Unit::decibels, Curve::linear, 10, kModulatable,
       "Level of everything, before the limiter; silent at the bottom."},
      {ceiling, "/master/ceiling", Kind::continuous, -24,  0, -1, Unit::decibels, Curve::linear, 10, kPlain,
       "True peak that the outputs never exceed."},
      {cue_gain,  "/cue/gain",  Kind::continuous, -60, 12, 0, Unit::decibels, Curve::linear, 10, kPlain,
       "Level of the headphones; silent at the bottom."},
      {cue_blend, "/cue/blend", Kind::continuous,   0,  1, 0, Unit::none,     Curve::linear, 10, kPlain,
       "What the headphones hear: 0 the cued strips, 1 the master before its limiter."},
      {cue_split, "/cue/split", Kind::toggle,       0,  1, 0, Unit::none,     Curve::linear, 10, kPlain,
       "Headphones hear the cue on the left, the master on the right, both mono."},
      // clang-format on
  }};

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;
  /// As though a strip were cued besides, in the last quantum.
  void lay_over_cue(const std::array<const float*, 2>& pair, const std::array<float*, 2>& cue) const;
  /// The performer listens to the headphones' pair where a device has no other outputs for it.
  bool split() const { return split_; }
  int latency() const { return limiter_.latency(); }

 private:
  /// Closes after a panic, stays shut while the rest dies away, and opens again.
  struct Gate {
    int closing = 0, shut = 0, opening = 0;  ///< quanta left of each
    float level = 1;
  };
  struct Listening {
    Ramp level{1, 1}, blend{0, 0}, split{0, 0};
  };
  struct Meter {
    std::array<float, 2> peak{}, squares{};
  };
  void headphones(Controls controls, const float* left, const float* right, float* const (&cue)[2]);
  void gate(float* left, float* right, const Kernels& kernels);
  void measure(const float* left, const float* right, const Kernels& kernels);

  Limiter limiter_;
  LoudnessMeter loudness_;
  Amplitude gain_amplitude_, cue_amplitude_;
  float level_ = 1;
  Listening listening_;  ///< how the headphones heard the last quantum
  Gate gate_;
  int gate_quanta_ = 1;
  std::array<std::vector<float>, 2> cue_delay_;
  Meter filling_, last_;  ///< meters over two successive windows of about 100 ms
  int window_quanta_ = 1, filled_ = 0;
  bool split_ = false;
};

}  // namespace entrain
