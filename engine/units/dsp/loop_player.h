// A loop player: one stretcher locked to a warp map, its pitch, and a fade at either end. A deck owns two.
#pragma once

#include "engine/core/kernels.h"
#include "engine/core/loop.h"
#include "engine/core/time.h"
#include "engine/units/dsp/groove_lock.h"
#include "engine/units/dsp/repitch.h"
#include "engine/units/dsp/stretcher.h"

namespace entrain {

/// How a loop is bent while it plays. As fresh, it is not.
struct Bend {
  double speed = 1;                  ///< of its pitch: Repitch::kSlowest to kFastest
  double ahead = 0;                  ///< beats by which it plays ahead of the grid
  double lock = 0;                   ///< 0 to 1: how far its onsets move onto the foundation's kicks
  const Loop* foundation = nullptr;  ///< null: none
  Beat foundation_origin;
};

/// Audio thread only; realtime-safe after prepare(). What sounds depends only on the loop, the origin, the
/// frame given to begin(), and the timelines and bends since then.
class LoopPlayer {
 public:
  enum class Stage : std::uint8_t { idle, prerolling, ready, sounding, leaving };

  /// `index` 0..7 spreads the work of players that begin together.
  void prepare(int rate, int index);
  void reset();

  /// Gets ready to sound from `first` on. The loop's beat 0 lies at `origin`. `once`: nothing sounds outside
  /// its first round.
  void begin(const Loop& loop, std::uint64_t epoch, Beat origin, Frame first, bool once);
  /// Fades in over [from, from + length).
  void enter(Frame from, int length);
  /// Fades out over [from, from + length), then rests.
  void leave(Frame from, int length);
  /// Renders a quantum and adds it to left and right; silent unless sounding or leaving.
  void process(const Timeline& timeline, const Bend& bend, Frame quantum, const Kernels& kernels, float* left,
               float* right);

  /// A later version that holds the same loop.
  void renew(std::uint64_t epoch) { epoch_ = epoch; }

  Stage stage() const { return stage_; }
  bool audible() const { return stage_ == Stage::sounding || stage_ == Stage::leaving; }
  const Loop* loop() const { return loop_; }
  std::uint64_t epoch() const { return epoch_; }
  Beat origin() const { return origin_; }
  bool once() const { return once_; }
  int lead() const { return stretcher_.lead(); }
  /// Source frames between the map and what the stretcher counts, at the end of the last quantum.
  double source_error() const { return source_error_; }

 private:
  struct Map {
    const Timeline& timeline;
    const Bend& bend;
    const Loop* loop;
    Beat origin;
    double made, heard;  ///< the stretched frame `made` is heard at the output frame `heard`
  };
  static double read(const void* map, double stretched);

  Stretcher stretcher_;
  Repitch repitch_;
  int index_ = 0;
  Stage stage_ = Stage::idle;
  const Loop* loop_ = nullptr;
  std::uint64_t epoch_ = 0;
  Beat origin_;
  bool once_ = false;
  Frame first_;
  Frame fade_from_;
  int fade_length_ = 1;
  double source_error_ = 0;
};

}  // namespace entrain
