// The bytes at the head of a WAV file: RIFF while it is small, RF64 (EBU Tech 3306) once it is not.
#pragma once

#include <cstdint>
#include <vector>

#include "control/record/wave_writer.h"

namespace entrain {

/// Bytes of one sample, and of one frame in the file.
int wave_sample_bytes(const WaveSpec& spec);
std::int64_t wave_frame_bytes(const WaveSpec& spec);

/// Bytes before the first sample; the same for RIFF and RF64, since a JUNK chunk keeps the room for ds64.
std::int64_t wave_header_bytes(const WaveSpec& spec);

/// The whole header of a file that holds `frames` frames, padded to an even length.
std::vector<unsigned char> wave_header(const WaveSpec& spec, std::int64_t frames);

}  // namespace entrain
