// Reads a sound file into stereo PCM at the engine's rate.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace entrain {

/// No file may be longer, at whatever rate.
inline constexpr int kLongestSeconds = 20 * 60;

/// Frames of the longest file at `rate`.
constexpr std::int64_t longest_frames(int rate) { return std::int64_t{kLongestSeconds} * rate; }

/// Asked of decode() as a rate: the file's own, unless that is below 16 kHz or above 96 kHz (then 44.1 kHz).
/// For analysis, which takes any rate and need not pay for resampling; what is resampled all the same is so
/// by libsamplerate's fastest sinc (97 dB, level to 0.8 of the lower half rate).
inline constexpr int kOwnRate = 0;

/// A prepared sound. left and right are equally long and never empty; every sample is finite.
struct Pcm {
  int rate = 0;                    ///< frames per second
  std::vector<float> left, right;  ///< full scale is +-1; a file may exceed it
  std::uint64_t file_hash = 0;     ///< Hash64 of the file's bytes
  bool silent = false;             ///< nothing above -80 dB of full scale
  std::string remark;              ///< sentences about what had to be mended, or empty
};

/// Told how far a decoding has come, in percent of the longest file allowed (so that a hundred steps bound
/// any file); rises strictly. Returning false ends the decoding with an error.
using DecodeProgress = std::function<bool(int percent)>;

/// Reads WAV, AIFF, FLAC, Ogg, MP3 (what libsndfile knows) of 1 to 8 channels and any rate from 1 kHz.
///
/// Channels are mixed by downmix(); another rate is converted by libsamplerate's best sinc in one pass over
/// blocks of fixed size, so the same file, library and rate give the same bits; the length is the file's,
/// rounded to a frame. Samples that are not finite, or absurd (beyond 120 dB over full scale), become 0 and
/// are counted in the remark; so does a file that holds less than its header promises: what is there is used.
///
/// The error says in one sentence what is wrong with the file and how to mend it: missing, unreadable, empty,
/// damaged, not audio, too long. Not realtime-safe; any thread. A hostile file may crash the libraries: call
/// it in a worker process where that matters.
Result<Pcm> decode(const std::filesystem::path& path, int rate, const DecodeProgress& progress = {});

}  // namespace entrain
