// Writes the journal while the jam goes on: the callback pushes records into a ring, a disk thread empties
// it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/owned_fd.h"
#include "control/record/journal_text.h"
#include "control/record/record_ring.h"
#include "engine/core/result.h"

namespace entrain {

struct JournalStatus {
  std::int64_t records = 0;  ///< written to the file
  std::int64_t lost = 0;     ///< inputs that found the ring full although they were played
  std::string error;         ///< why the journal ended or is incomplete, or empty
};

/// One journal, from start() to stop(). Lines reach the file some 20 times a second and the disk each second,
/// so that a killed process costs 50 ms of it and a power cut one second.
///
/// A disk that fails ends the journal after its last whole line and is told once, by status(); the ring goes
/// on being emptied, and nobody waits.
class JournalWriter {
 public:
  /// Records the ring holds: a third of a second of the most that the engine takes; beyond, it refuses
  /// inputs.
  static constexpr std::size_t kRoom = 32'768;

  /// Creates the file, writes the header and starts the disk thread. Fails with a sentence when the file
  /// exists or cannot be written. Not realtime-safe.
  static Result<std::unique_ptr<JournalWriter>> start(std::filesystem::path path,
                                                      const JournalHeader& header);
  ~JournalWriter();  ///< writes what is there, without an end

  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  /// How many records surely fit now. The pushing thread; realtime-safe.
  int free_room() const noexcept;
  /// The pushing thread, one at a time; realtime-safe: no lock, no allocation, no system call. False: no
  /// room; the record is dropped, and if it was an input, counted: the journal is then incomplete.
  bool push(const Record& record) noexcept;

  /// Hands over a version, before any schedule that names it goes to the engine. Any thread but the audio
  /// thread.
  void add(std::shared_ptr<const Performance> version);

  /// Any thread but the audio thread.
  JournalStatus status() const;
  /// Writes what is left and the end: `end` is the engine's frame(), `sum` the OutputHash of all frames
  /// before it, if there is one. No push may run or follow. Called again, it repeats its answer.
  JournalStatus stop(Frame end, std::optional<std::uint64_t> sum = {});

 private:
  JournalWriter(std::filesystem::path path, OwnedFd fd);

  JournalStatus finish(std::optional<Frame> end, std::optional<std::uint64_t> sum);
  void run();
  void drain();
  void write(const std::string& lines);
  void sync();
  void fail(const std::string& doing, int error);

  const std::filesystem::path path_;
  RecordRing ring_{kRoom};
  std::atomic<std::int64_t> lost_{0};

  // The disk thread's alone, until it has ended.
  OwnedFd fd_;
  JournalText text_;
  std::vector<Record> batch_;
  std::int64_t bytes_ = 0, synced_ = 0, told_lost_ = 0;
  bool failed_ = false;
  Frame last_;  ///< quantum of the last record

  mutable std::mutex mutex_;  // guards what follows; never touched by push
  std::condition_variable wake_;
  std::vector<std::shared_ptr<const Performance>> versions_;
  JournalStatus status_;
  bool stopping_ = false, finished_ = false;
  std::jthread disk_;
};

}  // namespace entrain
