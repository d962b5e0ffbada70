// The master: gain, the panic gate, the limiter, the meters; and the cue bus, delayed to match.
#pragma once

#include <array>
#include <vector>

#include "engine/core/context.h"
#include "engine/units/dsp/limiter.h"

namespace entrain {

class Master {
 public:
  enum Control : std::uint8_t { gain, ceiling, count };
  static constexpr int instances = 1;
  static constexpr Place place = Place::master;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {gain,    "/master/gain",    Kind::continuous, -60, 12,  0, Unit::decibels, Curve::linear, 10, kModulatable,
       "Level of everything, before the limiter; silent at the bottom."},
      {ceiling, "/master/ceiling", Kind::continuous, -24,  0, -1, Unit::decibels, Curve::linear, 10, kPlain,
       "True peak that the outputs never exceed."},
      // clang-format on
  }};

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;
  int latency() const { return limiter_.latency(); }

 private:
  /// Closes after a panic, stays shut while the rest dies away, and opens again.
  struct Gate {
    int closing = 0, shut = 0, opening = 0;  ///< quanta left of each
    float level = 1;
  };
  struct Meter {
    std::array<float, 2> peak{}, squares{};
  };
  void gate(float* left, float* right, const Kernels& kernels);
  void measure(const float* left, const float* right, const Kernels& kernels);

  Limiter limiter_;
  Gate gate_;
  int gate_quanta_ = 1;
  std::array<std::vector<float>, 2> cue_delay_;
  Meter filling_, last_;  ///< meters over two successive windows of about 100 ms
  int window_quanta_ = 1, filled_ = 0;
};

}  // namespace entrain
