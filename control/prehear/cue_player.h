// The cue player: a clip in the headphones, beside the engine and heard by nobody else.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "control/stage/triple_buffer.h"
#include "engine/core/time.h"

namespace entrain {

/// Stereo at engine rate; both channels are of one length.
struct CueClip {
  std::vector<float> left, right;
  std::int64_t frames() const { return static_cast<std::int64_t>(left.size()); }
};

/// Fades in and out over some 5 ms. A clip is let go of once the audio side is done with it.
class CuePlayer {
 public:
  /// Plays a clip from its beginning, in the place of what is heard. One control thread at a time.
  void play(std::shared_ptr<const CueClip> clip);
  void stop() { play(nullptr); }
  /// What play() was given was the beginning of this, which takes its place where it is, unheard.
  void go_on(std::shared_ptr<const CueClip> whole);
  /// Whether something is heard or about to be; and how many frames of it were. The control thread.
  bool playing() const;
  std::int64_t position() const { return reached() ? position_.load(std::memory_order_relaxed) : 0; }

  /// The audio callback: the next kQuantum frames into both channels. False: silence, nothing was written.
  /// Realtime-safe.
  bool next(const std::array<float*, 2>& pair) noexcept;

 private:
  static constexpr float kFadePerQuantum = 1.0f / 8;
  struct Order {
    std::uint64_t serial = 0;
    const CueClip* clip = nullptr;
    bool goes_on = false;  ///< with what the order before it began
  };
  void ask(std::shared_ptr<const CueClip> clip, bool goes_on);
  bool taken() const { return taken_.load(std::memory_order_acquire) == asked_.serial; }
  /// Whether the audio side is at what was asked for last, or at its beginning.
  bool reached() const {
    return taken_.load(std::memory_order_acquire) + (asked_.goes_on ? 1 : 0) >= asked_.serial;
  }

  TripleBuffer<Order> orders_;
  std::atomic<std::uint64_t> taken_{0};  ///< the order that the audio side follows: it touches no older one
  std::atomic<std::int64_t> position_{0};
  // The control thread's.
  Order asked_;
  std::deque<std::pair<std::uint64_t, std::shared_ptr<const CueClip>>> kept_;
  // The audio side's.
  Order now_;
  std::int64_t at_ = 0;
  float level_ = 0;
};

}  // namespace entrain
