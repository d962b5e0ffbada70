// Fade: an on and off that takes its time, in whole steps so that its ends are exact.
#pragma once

#include <algorithm>

#include "engine/core/parameters.h"

namespace entrain {

/// 0..1, one step a quantum. Realtime-safe.
class Fade {
 public:
  /// `on`: where it stands after every reset.
  void prepare(int rate, double seconds, bool on) {
    quanta_ = std::max(1, static_cast<int>(seconds * rate / kQuantum + 0.5));
    initial_ = on ? quanta_ : 0;
    reset();
  }
  void reset() { at_ = initial_; }
  /// Takes one step towards on or off; the level over this quantum.
  Ramp step(bool on) {
    const float from = level();
    at_ = std::clamp(at_ + (on ? 1 : -1), 0, quanta_);
    return {from, level()};
  }
  void jump(bool on) { at_ = on ? quanta_ : 0; }
  float level() const { return static_cast<float>(at_) / static_cast<float>(quanta_); }
  bool off() const { return at_ == 0; }

 private:
  int quanta_ = 1, at_ = 0, initial_ = 0;
};

}  // namespace entrain
