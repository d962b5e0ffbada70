// A lock-free ring of journal records between the audio callback and the disk.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/records.h"

namespace entrain {

/// One producer, one consumer. All memory is taken, and touched, by the constructor. Plain atomics, so that
/// ThreadSanitizer sees what it synchronises.
class RecordRing {
 public:
  explicit RecordRing(std::size_t room) : cells_(room) {}

  /// Producer; realtime-safe. How many records surely fit now: the consumer only makes it more.
  std::size_t free_room() const noexcept {
    return cells_.size() - static_cast<std::size_t>(written_.load(std::memory_order_relaxed) -
                                                    read_.load(std::memory_order_acquire));
  }
  /// Producer; realtime-safe: bounded, no lock, no system call, no allocation. False: no room.
  bool push(const Record& record) noexcept {
    if (free_room() == 0) return false;
    const std::uint64_t written = written_.load(std::memory_order_relaxed);
    cells_[static_cast<std::size_t>(written % cells_.size())] = record;
    written_.store(written + 1, std::memory_order_release);
    return true;
  }
  /// Consumer: the oldest record. False: the ring is empty.
  bool pop(Record& record) noexcept {
    const std::uint64_t read = read_.load(std::memory_order_relaxed);
    if (written_.load(std::memory_order_acquire) == read) return false;
    record = cells_[static_cast<std::size_t>(read % cells_.size())];
    read_.store(read + 1, std::memory_order_release);
    return true;
  }

 private:
  std::vector<Record> cells_;
  alignas(64) std::atomic<std::uint64_t> written_{0};  // since the beginning
  alignas(64) std::atomic<std::uint64_t> read_{0};
};

}  // namespace entrain
