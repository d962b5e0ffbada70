// Writes MIDI files by hand.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace entrain::test {

using MidiBytes = std::vector<std::uint8_t>;

inline void put_number(MidiBytes& out, std::uint32_t value, int width) {
  for (int i = width - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
inline void put_text(MidiBytes& out, const std::string& text) {
  out.insert(out.end(), text.begin(), text.end());
}
inline void put_delta(MidiBytes& out, std::uint32_t ticks) {
  for (int shift = 21; shift > 0; shift -= 7)
    if (ticks >> shift) out.push_back(static_cast<std::uint8_t>(0x80 | (ticks >> shift & 0x7F)));
  out.push_back(static_cast<std::uint8_t>(ticks & 0x7F));
}

inline MidiBytes midi_chunk(const std::string& type, const MidiBytes& body) {
  MidiBytes out;
  put_text(out, type);
  put_number(out, static_cast<std::uint32_t>(body.size()), 4);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}
/// A file of these tracks' bodies.
inline MidiBytes midi_file(std::uint32_t format, std::uint32_t division,
                           std::initializer_list<MidiBytes> tracks) {
  MidiBytes header;
  put_number(header, format, 2);
  put_number(header, static_cast<std::uint32_t>(tracks.size()), 2);
  put_number(header, division, 2);
  MidiBytes out = midi_chunk("MThd", header);
  for (const MidiBytes& track : tracks) {
    const MidiBytes chunk = midi_chunk("MTrk", track);
    out.insert(out.end(), chunk.begin(), chunk.end());
  }
  return out;
}

struct TickedNote {
  std::uint32_t tick;
  std::uint8_t velocity = 100, key = 36, channel = 9;
};
/// Short notes, by tick.
inline MidiBytes midi_notes(const std::vector<TickedNote>& notes) {
  MidiBytes out;
  std::uint32_t now = 0;
  for (const TickedNote& note : notes) {
    put_delta(out, note.tick - now);
    out.insert(out.end(), {static_cast<std::uint8_t>(0x90 | note.channel), note.key, note.velocity});
    put_delta(out, 1);
    out.insert(out.end(), {static_cast<std::uint8_t>(0x80 | note.channel), note.key, 0});
    now = note.tick + 1;
  }
  out.insert(out.end(), {0, 0xFF, 0x2F, 0});
  return out;
}

}  // namespace entrain::test
