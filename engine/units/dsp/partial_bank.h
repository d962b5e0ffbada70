// A bank of inharmonic partials: struck metal.
#pragma once

#include <array>
#include <cstdint>

#include "engine/units/dsp/svf.h"

namespace entrain {

/// 48 partials a side, their frequencies drawn, one in each of 48 steps that widen upwards; those on the
/// right lie a little beside those on the left, which beat against them. They turn by complex rotation,
/// brought back to length 1 every quantum. Realtime-safe; about 1.5 us a quantum.
class PartialBank {
 public:
  static constexpr int kPartials = 48;

  /// Silent, at drawn phases, from `low` hertz to `high`.
  void start(std::uint64_t draws, double low, double high, int rate);
  /// Adds n <= kQuantum frames. Levels move to `level` for the lowest partials and to `tilt` times as much
  /// for each of the eleven groups above; `jump`: they stand there at once.
  void render(Stereo* to, int n, float level, float tilt, bool jump);

 private:
  static constexpr int kGroups = kPartials / 4;  ///< four neighbours, in one register
  using Lanes = float __attribute__((vector_size(16)));
  struct Group {
    Lanes cosine{}, sine{}, turn_cosine{}, turn_sine{}, weight{};
  };
  static void sound(Group& group, Lanes* to, int n, float from, float level);

  std::array<std::array<Group, kGroups>, 2> sides_{};
  std::array<float, kGroups> levels_{};
};

}  // namespace entrain
