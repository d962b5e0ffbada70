// Writes a WAV file whose header is true at every moment: a take survives whatever kills the process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "control/owned_fd.h"
#include "engine/core/result.h"

namespace entrain {

enum class WaveFormat {
  pcm16,    ///< plain PCM, where another program's output is matched
  pcm24,    ///< plain PCM (format tag 1), opened by everything
  float32,  ///< IEEE float (format tag 3), to compare before quantisation
};

enum class WaveMode {
  take,    ///< written in place: what is written is readable from then on, whatever happens next
  render,  ///< written as `name.part`, renamed by finish(), removed by failure: nothing half-written stays
};

struct WaveSpec {
  int rate = 48'000;  ///< frames per second, 1000 to 768 000
  int channels = 2;   ///< 1 to 64; more than two are discrete channels in order
  WaveFormat format = WaveFormat::pcm24;
  WaveMode mode = WaveMode::take;
  bool replace = false;  ///< renders only: finish() may replace an existing file
  /// A file whose RIFF size would exceed this becomes RF64 in place. Smaller values are for tests.
  std::uint64_t riff_limit = 0xFFFF'FFFE;
};

/// One open WAV file. One thread at a time; never the audio thread (it writes to disk).
///
/// A float x becomes the nearest of 2^24 steps, x * 2^23 (of 2^16, x * 2^15). There is no dither: at 24 bits the rounding error
/// lies some 146 dB below full scale, under the noise of every converter, and without it a take equals its
/// replay's take bit for bit. What lies outside the steps is clipped and counted, +1.0 included (it loses one
/// step); what is no number becomes silence and is counted too.
///
/// A failure (disk full, device gone) is told once, by the call that met it; later appends and flushes are
/// ignored and succeed. What was written stays readable. finish() repeats the sentence.
class WaveWriter {
 public:
  /// Fails with a sentence when the file exists, its directory is missing or not writable, the disk is full,
  /// or the specification is impossible.
  static Result<WaveWriter> open(std::filesystem::path path, WaveSpec spec);

  WaveWriter(WaveWriter&& other) noexcept = default;
  WaveWriter& operator=(WaveWriter&& other) = delete;
  ~WaveWriter();  ///< a take is closed with a true header; a render that was not finished is removed

  /// Adds whole frames; a last incomplete frame is ignored. Flushes by itself after each second of audio.
  Result<void> append(std::span<const float> interleaved);

  /// Brings every frame to the file, then the header; for a take also both to the disk (fdatasync) once a
  /// second of audio has gathered, so that a power cut costs a second too.
  Result<void> flush();

  /// Flushes, syncs, closes; renames a render. Called again, it repeats its answer.
  Result<void> finish();

  std::int64_t frames() const { return frames_; }    ///< appended, and not lost to a failure
  std::int64_t clipped() const { return clipped_; }  ///< samples (not frames) clipped or silenced
  bool failed() const { return !failure_.empty(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  WaveWriter(std::filesystem::path path, std::filesystem::path file, WaveSpec spec, OwnedFd fd);

  void quantise(std::span<const float> samples);
  bool write_buffer();
  bool write_header(std::int64_t frames);
  Result<void> fail(int error);
  void salvage();
  Result<void> publish();

  std::filesystem::path path_, file_;  ///< what was asked for, and what is open (`.part` for a render)
  WaveSpec spec_;
  OwnedFd fd_;
  std::vector<unsigned char> buffer_;  ///< quantised bytes not yet written
  std::int64_t frames_ = 0, clipped_ = 0;
  std::int64_t on_disk_ = 0, in_header_ = 0, synced_ = 0;  ///< frames
  std::string failure_;
};

}  // namespace entrain
