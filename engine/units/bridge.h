// The bridge: transition effects on the bar, for where no loop leads over: risers, down-sweeps, crashes,
// impacts.
#pragma once

#include <array>
#include <optional>

#include "engine/core/context.h"
#include "engine/units/dsp/transition_voice.h"

namespace entrain {

class Bridge {
 public:
  enum Control : std::uint8_t { go, stop, kind, bars, root, mode, reach, variation, width, count };
  static constexpr int instances = 1;
  static constexpr Place place = Place::source;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {go,        "/bridge/go",        Kind::trigger,    0,     1,   1, Unit::none, Curve::linear,       0, kOnBar | kChat,
       "Starts a transition effect on the bar, as the other controls then stand, beside other kinds; its value is its strength."},
      {stop,      "/bridge/stop",      Kind::trigger,    0,     1,   1, Unit::none, Curve::linear,       0, kChat,
       "Fades out in 50 ms what go started."},
      {kind,      "/bridge/kind",      Kind::choice,     0, kEffectKinds - 1, 0, Unit::none, Curve::linear, 0, kRecallSafe | kChat,
       "What go starts: a riser of noise, of gliding or climbing saws, a down-sweep, a reversed crash, an impact.",
       "noise|glide|climb|down|reverse|impact"},
      {bars,      "/bridge/bars",      Kind::continuous, 0.25, 16,   4, Unit::none, Curve::linear,       0, kRecallSafe | kChat,
       "How long it lasts: whole bars, or 0.25, 0.5 and 0.75 of one; a riser ends on the line so many bars on."},
      {root,      "/bridge/root",      Kind::choice,     0,    11,   0, Unit::none, Curve::linear,       0, kRecallSafe,
       "The key's root.", "C|C#|D|D#|E|F|F#|G|G#|A|A#|B"},
      {mode,      "/bridge/mode",      Kind::choice,     0, kScales.size() - 1, 1, Unit::none, Curve::linear, 0, kRecallSafe,
       "The key's mode.", "major|minor|dorian|phrygian|lydian|mixolydian|harmonic-minor"},
      {reach,     "/bridge/reach",     Kind::continuous, 0,     1, 0.5, Unit::none, Curve::linear,       0, kRecallSafe | kChat,
       "How high the next one goes: how bright, and over one, two or three octaves."},
      {variation, "/bridge/variation", Kind::choice,     0,    99,   0, Unit::none, Curve::linear,       0, kRecallSafe | kChat,
       "Draws the next one anew: the same number at the same beat of the same jam sounds the same."},
      {width,     "/bridge/width",     Kind::continuous, 0,     1,   1, Unit::none, Curve::linear,      10, kRecallSafe | kModulatable,
       "From mono to as wide as it is."},
      // clang-format on
  }};

  /// The longest fades: of stop and of a stop of the transport, of a panic.
  static constexpr double kStopSeconds = 0.05, kPanicSeconds = 0.005;

  Bridge() = default;
  Bridge(const Bridge&) = delete;  // its voices hold on to its table
  Bridge& operator=(const Bridge&) = delete;

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);

 private:
  struct Start {
    int offset = 0;
    Beat begin, end;
    TransitionSetting setting;
  };
  struct Voice {
    TransitionVoice sound;
    Beat begin, end;
    double reached = 0;   ///< beats since its start
    int offset = 0;       ///< where it starts in this quantum
    bool adrift = false;  ///< the beat it followed has ended
  };
  /// One for each kind, and fades; where all are taken a go is not obeyed.
  static constexpr std::size_t kVoices = kEffectKinds + 2;

  void obey(const Context& context, Controls controls);
  std::optional<Start> started(const Context& context, const Applied& event) const;
  void begin(const Start& start);
  void release(double seconds, bool adrift);
  void render(Voice& voice, const Context& context, Buses& buses);
  static void narrow(Ramp wide, Buses& buses);

  SawTable saws_;
  std::array<Voice, kVoices> voices_;
  std::array<double, count> asked_{};  ///< what a go starts: the controls as they stand at its place in line
  Beat expected_;                      ///< where the next quantum begins if the beat goes on
};

}  // namespace entrain
