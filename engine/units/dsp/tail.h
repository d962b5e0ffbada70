// Tail: when an effect that rings may stop working, and how a panic ends it.
#pragma once

#include <cstdint>

#include "engine/units/dsp/fade.h"
#include "engine/units/dsp/maths.h"

namespace entrain {

/// One call of each a quantum: begin(), then heard(). Realtime-safe.
class Tail {
 public:
  void prepare(int rate) {
    rate_ = rate;
    fade_.prepare(rate, 0.003, true);
    reset();
  }
  void reset() {
    fade_.reset();
    awake_ = false;
    deaf_ = 0;
    quiet_ = 0;
  }
  /// Hears of a panic: the effect fades out in 3 ms and takes nothing in meanwhile; after a panic over
  /// everything for 60 ms, until the sources have died away.
  void begin(bool end_notes, bool silence) {
    if (deaf_ > 0) --deaf_;
    const int quanta = silence ? rate_ * 60 / 1000 / kQuantum : end_notes ? rate_ * 4 / 1000 / kQuantum : 0;
    if (quanta > deaf_) deaf_ = quanta;
    level_ = fade_.step(deaf_ == 0 || !awake_);
  }
  bool deaf() const { return deaf_ > 0; }
  bool awake() const { return awake_; }
  void wake() { awake_ = true; }
  /// The level of what rings over this quantum.
  Ramp level() const { return level_; }
  /// Tells what was loudest in the quantum. True when the tail is over and the effect should forget
  /// everything: faded out, or inaudible for `frames`.
  bool ended(float loudest, std::int64_t frames) {
    quiet_ = loudest > kInaudible ? 0 : quiet_ + kQuantum;
    if (!fade_.off() && quiet_ <= frames) return false;
    awake_ = false;
    quiet_ = 0;
    fade_.jump(true);
    return true;
  }

 private:
  int rate_ = 48'000, deaf_ = 0;
  std::int64_t quiet_ = 0;
  bool awake_ = false;
  Fade fade_;
  Ramp level_{1, 1};
};

}  // namespace entrain
