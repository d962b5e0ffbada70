// The transport's controls. The engine itself obeys them: they move time, which no unit may.
#pragma once

#include <array>

#include "engine/core/controls.h"
#include "engine/core/time.h"

namespace entrain {

struct Transport {
  enum Control : std::uint8_t { tempo, play, panic_notes, panic_silence, count_in, record, quantise, count };
  static constexpr int instances = 1;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {tempo,         "/transport/tempo",         Kind::continuous, Tempo::kMinBpm, Tempo::kMaxBpm, 120, Unit::bpm, Curve::linear, 0, kRecallSafe | kChat,
       "Beats per minute; with a glide, the tempo ramps in a straight line."},
      {play,          "/transport/play",          Kind::toggle,     0, 1, 0, Unit::none, Curve::linear, 0, kPlain,
       "Runs the beat from the top, or stops it there; what rings may ring out."},
      {panic_notes,   "/transport/panic/notes",   Kind::trigger,    0, 1, 1, Unit::none, Curve::linear, 0, kPlain,
       "Ends every ringing note and effect while the music plays on."},
      {panic_silence, "/transport/panic/silence", Kind::trigger,    0, 1, 1, Unit::none, Curve::linear, 0, kPlain,
       "Silence within 50 ms: everything stops until the transport plays again."},
      {count_in,      "/transport/count_in",      Kind::choice,     0, 4, 0, Unit::none, Curve::linear, 0, kPlain,
       "Bars that the metronome clicks on the cue outputs before a start."},
      {record,        "/record/mode",             Kind::choice,     0, 2, 0, Unit::none, Curve::linear, 0, kPlain,
       "What hits by hand write into the patterns that play: nothing, themselves, or themselves in place of what was there.", "off|overdub|replace"},
      {quantise,      "/record/quantise",         Kind::continuous, 0, 1, 1, Unit::none, Curve::linear, 0, kPlain,
       "How far recorded hits move to the nearest step: 1 all the way, 0 not at all."},
      // clang-format on
  }};
};

}  // namespace entrain
