// Keeps what libjack, libasound and RtAudio print to stderr off the performer's terminal.
#pragma once

namespace entrain {

/// Silences the libraries' own message functions, and drops the lines RtAudio writes to std::cerr whatever it
/// is asked (they begin with "RtAudio " or "RtApi"); every other line on std::cerr passes unchanged. What
/// happened is reported by the host, in one sentence. Idempotent; control side.
void quiet_audio_libraries();

}  // namespace entrain
