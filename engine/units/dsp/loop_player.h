// A loop player: one stretcher locked to a warp map, with a fade at either end. A deck owns two.
#pragma once

#include "engine/core/performance.h"
#include "engine/core/time.h"
#include "engine/units/dsp/stretcher.h"

namespace entrain {

/// Audio thread only; realtime-safe after prepare(). What sounds depends only on the loop, the origin, the
/// frame given to begin() and the timelines since then.
class LoopPlayer {
 public:
  enum class Stage : std::uint8_t { idle, prerolling, ready, sounding, leaving };

  /// `index` 0..7 spreads the work of players that begin together.
  void prepare(int rate, int index);
  void reset();

  /// Gets ready to sound from `first` on. The loop's beat 0 lies at `origin`.
  void begin(const Loop& loop, std::uint64_t epoch, Beat origin, Frame first);
  /// Fades in over [from, from + length).
  void enter(Frame from, int length);
  /// Fades out over [from, from + length), then rests.
  void leave(Frame from, int length);
  /// Renders a quantum and adds it to left and right; silent unless sounding or leaving.
  void process(const Timeline& timeline, Frame quantum, float* left, float* right);

  Stage stage() const { return stage_; }
  bool audible() const { return stage_ == Stage::sounding || stage_ == Stage::leaving; }
  const Loop* loop() const { return loop_; }
  std::uint64_t epoch() const { return epoch_; }
  Beat origin() const { return origin_; }
  int lead() const { return stretcher_.lead(); }
  /// Source frames between the map and what the stretcher counts, at the end of the last quantum.
  double source_error() const { return source_error_; }

 private:
  struct Map {
    Timeline timeline;
    double origin;
    const Loop* loop;
  };
  static double read(const void* map, double frame);

  Stretcher stretcher_;
  int index_ = 0;
  Stage stage_ = Stage::idle;
  const Loop* loop_ = nullptr;
  std::uint64_t epoch_ = 0;
  Beat origin_;
  Frame fade_from_;
  int fade_length_ = 1;
  double source_error_ = 0;
};

}  // namespace entrain
