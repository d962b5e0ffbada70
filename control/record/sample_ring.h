// A lock-free ring between the audio callback and the disk that keeps time even where it drops audio.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace entrain {

/// One producer, one consumer. All memory is taken, and touched, by the constructor.
///
/// Each pushed block travels with the count of frames dropped before it, so that the consumer can put silence
/// exactly there, however many gaps lie in the ring. A block goes in whole or is dropped whole.
class SampleRing {
 public:
  SampleRing(int channels, std::int64_t frames)
      : channels_(static_cast<std::size_t>(channels)),
        cells_(channels_ * static_cast<std::size_t>(frames) +
               kHead * (1 + static_cast<std::size_t>(frames) / 16)) {}

  /// Producer; realtime-safe: bounded, no lock, no system call, no allocation. False: no room, `frames` were
  /// dropped and counted.
  bool push(const float* interleaved, int frames) noexcept {
    const std::uint64_t written = written_.load(std::memory_order_relaxed);
    const std::uint64_t used = written - read_.load(std::memory_order_acquire);
    const std::size_t samples = static_cast<std::size_t>(frames) * channels_;
    if (samples + kHead > cells_.size() - used) {
      dropped_before_ += frames;
      lost_.store(lost_.load(std::memory_order_relaxed) + frames, std::memory_order_release);
      return false;
    }
    const auto gap = static_cast<std::uint64_t>(dropped_before_);
    const std::uint32_t head[kHead] = {static_cast<std::uint32_t>(frames), static_cast<std::uint32_t>(gap),
                                       static_cast<std::uint32_t>(gap >> 32)};
    std::size_t at = static_cast<std::size_t>(written % cells_.size());
    for (const std::uint32_t word : head) at = put(at, word);
    for (std::size_t i = 0; i < samples; ++i) at = put(at, std::bit_cast<std::uint32_t>(interleaved[i]));
    dropped_before_ = 0;
    written_.store(written + kHead + samples, std::memory_order_release);
    return true;
  }

  /// Consumer: the oldest block into `block` (interleaved; may allocate) and the frames dropped before it
  /// into `gap`. False: the ring is empty.
  bool pop(std::vector<float>& block, std::int64_t& gap) {
    const std::uint64_t read = read_.load(std::memory_order_relaxed);
    if (written_.load(std::memory_order_acquire) == read) return false;
    const std::size_t at = static_cast<std::size_t>(read % cells_.size());
    std::uint32_t head[kHead];
    for (std::size_t i = 0; i < kHead; ++i) head[i] = cells_[(at + i) % cells_.size()];
    gap = static_cast<std::int64_t>(std::uint64_t{head[1]} | std::uint64_t{head[2]} << 32);
    block.resize(head[0] * channels_);
    for (std::size_t i = 0; i < block.size(); ++i)
      block[i] = std::bit_cast<float>(cells_[(at + kHead + i) % cells_.size()]);
    read_.store(read + kHead + block.size(), std::memory_order_release);
    return true;
  }

  /// No block is longer.
  std::size_t most_samples() const { return cells_.size() - kHead; }

  /// Frames dropped since the beginning, those before blocks still in the ring included. Any thread.
  std::int64_t lost() const { return lost_.load(std::memory_order_acquire); }

 private:
  static constexpr std::size_t kHead = 3;  // frames, and the gap's two halves

  std::size_t put(std::size_t at, std::uint32_t value) noexcept {
    cells_[at] = value;
    return at + 1 == cells_.size() ? 0 : at + 1;
  }

  const std::size_t channels_;
  std::vector<std::uint32_t> cells_;  // samples by their bits, so that heads can lie between them
  std::int64_t dropped_before_ = 0;   // the producer's alone
  alignas(64) std::atomic<std::uint64_t> written_{0};  // cells since the beginning
  alignas(64) std::atomic<std::uint64_t> read_{0};
  alignas(64) std::atomic<std::int64_t> lost_{0};
};

}  // namespace entrain
