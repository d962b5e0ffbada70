// Feeds any bytes to the reader of MIDI files. Whatever it reads is in order and in range, and so is its
// feel.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "engine/groove/groove_template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = entrain::parse_midi({data, size}, "fuzz.mid");
  if (!file && file.error().sentence.empty()) std::abort();
  if (!file) return 0;
  entrain::Beat last;
  for (const auto& note : file->notes) {
    const bool lawful = note.start >= last && note.length >= entrain::Beat(0) && note.channel < 16 &&
                        note.key < 128 && note.velocity > 0 && note.velocity < 128;
    if (!lawful || note.start > file->length) std::abort();
    last = note.start;
  }
  const auto groove = entrain::groove_of("fuzz", entrain::hits_of(*file), 4);
  if (groove.has_value() == file->notes.empty() || (groove && !entrain::lawful(*groove))) std::abort();
  return 0;
}
