// A stereo delay line whose length changes without a click: two read heads, one fading into the other.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/core/time.h"

namespace entrain {

/// Whole frames, so that an echo is a copy. One quantum: read() and write() in either order, then advance().
/// Realtime-safe after prepare(); forgetting takes no time.
class EchoLine {
 public:
  /// Room for delays up to `frames`; a new length fades in over `fade_seconds` at equal power.
  void prepare(int frames, int rate, double fade_seconds);
  /// Empties the line.
  void clear();
  /// The quantum `delay` frames ago, at least kQuantum unless this one is written already. A change while
  /// another is still fading in waits for its end.
  void read(int delay, float* left, float* right);
  void write(const float* left, const float* right);
  void advance() { now_ += kQuantum; }
  int longest() const { return longest_; }
  /// The longer of the heads that are heard.
  int reach() const { return current_ > next_ ? current_ : next_; }

 private:
  void fetch(int delay, float* left, float* right) const;

  std::array<std::vector<float>, 2> ring_;
  std::int64_t now_ = 0, born_ = 0;  ///< frames; nothing before `born_` is heard
  std::int64_t mask_ = 0;
  int longest_ = 0, current_ = -1, next_ = -1;
  int fade_quanta_ = 1, fade_left_ = 0;
  std::vector<float> gains_;  ///< quarter of a sine in fade_quanta_ steps
};

}  // namespace entrain
