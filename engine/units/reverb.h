// The reverb: a feedback delay network on a send.
#pragma once

#include <array>
#include <vector>

#include "engine/core/context.h"
#include "engine/units/dsp/echo_line.h"
#include "engine/units/dsp/feedback_network.h"
#include "engine/units/dsp/tail.h"

namespace entrain {

class Reverb {
 public:
  enum Control : std::uint8_t { time, low, high, size, predelay, width, modulation, gain, count };
  static constexpr int instances = 1;
  static constexpr Place place = Place::send;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {time,       "/reverb/time",       Kind::continuous, 0.2,  20, 1.8, Unit::seconds,      Curve::exponential, 10, kRecallSafe | kModulatable | kChat,
       "How long the reverb takes to fall by 60 dB at 1 kHz."},
      {low,        "/reverb/low",        Kind::continuous, 0.25,  2,   1, Unit::none,         Curve::exponential, 10, kRecallSafe | kModulatable,
       "How much longer or shorter than at 1 kHz it lasts below 200 Hz."},
      {high,       "/reverb/high",       Kind::continuous, 0.1,   1, 0.4, Unit::none,         Curve::exponential, 10, kRecallSafe | kModulatable,
       "How much shorter than at 1 kHz it lasts above 5 kHz: the damping."},
      {size,       "/reverb/size",       Kind::continuous, 0,     1, 0.6, Unit::none,         Curve::linear,      10, kRecallSafe | kModulatable,
       "How large the room is; a change moves its walls at the speed of a slow door."},
      {predelay,   "/reverb/predelay",   Kind::continuous, 0,   250,  10, Unit::milliseconds, Curve::linear,      10, kRecallSafe | kModulatable,
       "How long the room waits before it answers."},
      {width,      "/reverb/width",      Kind::continuous, 0,     1,   1, Unit::none,         Curve::linear,      10, kRecallSafe | kModulatable,
       "From mono to as wide as the room."},
      {modulation, "/reverb/modulation", Kind::continuous, 0,     1, 0.5, Unit::none,         Curve::linear,      10, kRecallSafe | kModulatable,
       "How far the walls breathe, which keeps long tails from ringing."},
      {gain,       "/reverb/gain",       Kind::continuous, -60,  12,   0, Unit::decibels,     Curve::linear,      10, kRecallSafe | kModulatable,
       "Level of the reverb; silent at the bottom."},
      // clang-format on
  }};

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);

 private:
  void clear();

  int rate_ = 48'000;
  EchoLine waiting_;  ///< the predelay
  FeedbackNetwork room_;
  Tail tail_;
  Amplitude gain_amplitude_;
  float level_ = 1;
};

}  // namespace entrain
