// What the header of a WAV or AIFF file promises, to be compared with what is there.
#pragma once

#include <cstdint>
#include <optional>

namespace entrain {

/// Bytes of sound in a chunked file.
struct Promise {
  std::uint64_t promised = 0;  ///< by the sound chunk's size field
  std::uint64_t there = 0;     ///< from the chunk's beginning to the end of the file
};

/// Reads the chunks of a RIFF, RIFX or AIFF file through `fd` (by pread: its position stays). Nothing for
/// other files, for sizes that mean "unknown" (0, or all ones) and for chunks too broken to walk. libsndfile
/// silently shortens a sound chunk that runs past the end of the file; a performer wants to be told.
std::optional<Promise> promised_sound(int fd);

}  // namespace entrain
