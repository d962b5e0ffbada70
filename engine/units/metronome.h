// The metronome: clicks on the beats, for the headphones only, and before a start that is counted in.
#pragma once

#include <array>
#include <vector>

#include "engine/core/context.h"

namespace entrain {

class Metronome {
 public:
  enum Control : std::uint8_t { on, gain, count };
  static constexpr int instances = 1;
  static constexpr Place place = Place::source;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {on,   "/metronome/on",   Kind::toggle,       0,  1,  0, Unit::none,     Curve::linear,  0, kPlain,
       "Clicks on every beat, on the cue outputs only; a count-in clicks in any case."},
      {gain, "/metronome/gain", Kind::continuous, -60, 12, -6, Unit::decibels, Curve::linear, 10, kPlain,
       "Level of the clicks; silent at the bottom."},
      // clang-format on
  }};

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);

 private:
  std::array<std::vector<float>, 2> clicks_;  ///< on a beat, on a downbeat
  std::size_t which_ = 0;
  std::size_t played_ = 0;  ///< frames of the last click that are over
  int offset_ = 0;          ///< where it begins in this quantum
};

}  // namespace entrain
