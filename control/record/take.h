// Records what sounds to a WAV file: the callback pushes into a ring, a disk thread empties it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "control/record/sample_ring.h"
#include "control/record/wave_writer.h"
#include "engine/core/result.h"

namespace entrain {

struct TakeSpec {
  int rate = 48'000;  ///< frames per second
  int channels = 2;   ///< 1 to 64
  WaveFormat format = WaveFormat::pcm24;
  std::int64_t ring_frames = 0;  ///< 0: four seconds, the worst a healthy disk was seen to need
};

struct TakeStatus {
  std::int64_t frames_written = 0;  ///< in the file, silence for lost frames included
  std::int64_t frames_lost = 0;     ///< dropped because the disk was too slow; silence stands in their place
  std::int64_t clipped = 0;         ///< samples beyond full scale
  std::string error;                ///< why the take ended, or empty
  std::string remark;               ///< what is wrong with a take that goes on, or empty
};

/// One take, from start() to stop(). The file keeps time whatever happens: a lost frame is a silent frame.
class Take {
 public:
  /// Creates the file and starts the disk thread. Fails with WaveWriter::open's sentence. Not realtime-safe.
  static Result<std::unique_ptr<Take>> start(std::filesystem::path path, TakeSpec spec);
  ~Take();  ///< stops

  Take(const Take&) = delete;
  Take& operator=(const Take&) = delete;

  /// One producer thread, realtime-safe: never waits, wakes nobody, makes no system call. False: the ring is
  /// full and the block was dropped (and counted).
  bool push(const float* interleaved, int frames) noexcept { return ring_.push(interleaved, frames); }

  /// Any thread but the audio thread.
  TakeStatus status() const;

  /// Drains the ring to its last frame, closes the file and tells how it went. No push may run or follow:
  /// take the recorder away from the callback first. Called again, it repeats its answer.
  TakeStatus stop();

 private:
  Take(WaveWriter writer, TakeSpec spec);

  void run();
  void drain();
  void write_silence(std::int64_t frames);
  void note(const Result<void>& outcome);
  void publish();

  const TakeSpec spec_;
  SampleRing ring_;

  WaveWriter writer_;                 // from here on the disk thread's alone, until it has ended
  std::vector<float> block_;          // interleaved
  const std::vector<float> silence_;  // one second
  std::int64_t silenced_ = 0;         // lost frames the file already holds as silence

  mutable std::mutex mutex_;  // guards what follows; never touched by push
  std::condition_variable wake_;
  bool stopping_ = false;
  TakeStatus status_;
  std::jthread disk_;
};

}  // namespace entrain
