// The delay: stereo echoes in time with the beat, on a send.
#pragma once

#include <array>

#include "engine/core/context.h"
#include "engine/units/dsp/echo_line.h"
#include "engine/units/dsp/one_pole.h"
#include "engine/units/dsp/tail.h"

namespace entrain {

class Delay {
 public:
  enum Control : std::uint8_t { time, feedback, low_cut, high_cut, width, gain, send_reverb, count };
  static constexpr int instances = 1;
  static constexpr Place place = Place::send;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {time,        "/delay/time",        Kind::choice,       0,    13,   6, Unit::none,     Curve::linear,       0, kRecallSafe | kChat,
       "From one echo to the next, in notes of the bar: T is a triplet, D dotted.",
       "1/32|1/16T|1/16|1/16D|1/8T|1/8|1/8D|1/4T|1/4|1/4D|1/2T|1/2|1/2D|1/1"},
      {feedback,    "/delay/feedback",    Kind::continuous,   0,  0.98, 0.4, Unit::none,     Curve::linear,      10, kRecallSafe | kModulatable | kChat,
       "How much of each echo is echoed again."},
      {low_cut,     "/delay/low_cut",     Kind::continuous,  20,  2000, 150, Unit::hertz,    Curve::exponential, 10, kRecallSafe | kModulatable,
       "Each echo loses what lies below, 6 dB per octave."},
      {high_cut,    "/delay/high_cut",    Kind::continuous, 500, 20000, 6000, Unit::hertz,   Curve::exponential, 10, kRecallSafe | kModulatable,
       "Each echo loses what lies above, 6 dB per octave."},
      {width,       "/delay/width",       Kind::continuous,   0,     1,   1, Unit::none,     Curve::linear,      10, kRecallSafe | kModulatable,
       "0 echoes each side in its place, 1 bounces from left to right."},
      {gain,        "/delay/gain",        Kind::continuous, -60,    12,   0, Unit::decibels, Curve::linear,      10, kRecallSafe | kModulatable,
       "Level of the echoes; silent at the bottom."},
      {send_reverb, "/delay/send/reverb", Kind::continuous, -60,    12, -60, Unit::decibels, Curve::linear,      10, kRecallSafe | kModulatable,
       "How much of the echoes goes to the reverb; nothing at the bottom."},
      // clang-format on
  }};
  /// What the choices of `time` mean, in beats. Longer than 5 s, they are halved until they fit.
  static constexpr std::array<double, 14> kBeats{0.125,   1.0 / 6, 0.25, 0.375,   1.0 / 3, 0.5, 0.75,
                                                 2.0 / 3, 1.0,     1.5,  4.0 / 3, 2.0,     3.0, 4.0};

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);

 private:
  int wanted_frames(const Context& context, int choice) const;
  void clear();

  int rate_ = 48'000;
  EchoLine line_;
  Tail tail_;
  std::array<OnePole, 2> lows_, highs_;
  float low_hertz_ = 0, high_hertz_ = 0, low_shape_ = 0, high_shape_ = 0;
  Amplitude gain_amplitude_, send_amplitude_;
  float level_ = 1, sent_ = 0;
};

}  // namespace entrain
