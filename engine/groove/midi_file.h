// Standard MIDI files: what was played, on a scale of beats.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/time.h"

namespace entrain {

struct MidiFile {
  static constexpr int kDrums = 9;  ///< the channel of percussion (General MIDI's tenth)

  struct Note {
    Beat start, length;
    std::uint8_t channel = 0;   ///< 0 to 15
    std::uint8_t key = 60;      ///< 0 to 127; 60 is middle C
    std::uint8_t velocity = 1;  ///< 1 to 127
  };
  struct TempoChange {
    Beat at;
    double bpm = 120;  ///< quarter notes a minute
  };
  struct Signature {
    Beat at;
    int numerator = 4, denominator = 4;
  };
  std::vector<Note> notes;            ///< by start, then channel, then key
  std::vector<TempoChange> tempos;    ///< by beat; none: 120 throughout
  std::vector<Signature> signatures;  ///< by beat; none: 4/4
  Beat length;                        ///< where the last track ends
  std::string remark;                 ///< what had to be left out, or empty
};

inline constexpr std::size_t kMaxMidiFile = std::size_t{64} << 20;  ///< bytes
inline constexpr std::size_t kMaxMidiNotes = std::size_t{4} << 20;

/// Reads formats 0, 1 and 2 (whose tracks follow one another), with ticks per quarter note or SMPTE frames
/// (at 120 BPM), bare or in a RIFF. A beat is a quarter note. Of a damaged file what can be read is used, and
/// the remark says what was not (MIDI Association: Standard MIDI Files 1.0, RP-001). The Error says that it
/// is none, naming `name`. Any thread; not realtime-safe.
Result<MidiFile> parse_midi(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace entrain
