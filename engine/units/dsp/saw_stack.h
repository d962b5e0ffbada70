// A stack of detuned saws, spread from left to right.
#pragma once

#include <array>
#include <cstdint>

#include "engine/core/parameters.h"
#include "engine/units/dsp/saw_table.h"
#include "engine/units/dsp/svf.h"

namespace entrain {

/// Seven saws: one on the pitch, in the middle; three pairs about it, one of each pair higher by what the
/// other is lower. Phases are drawn. Realtime-safe; about 1 us a quantum.
class SawStack {
 public:
  static constexpr int kSaws = 7;

  /// At rest on a pitch in turns a frame.
  void start(std::uint64_t draws, double pitch);
  /// Adds n frames, their pitch moving to `pitch`; `cents`: how far the outermost saws are off it.
  void render(Stereo* to, int n, const SawTable& table, double pitch, double cents, Ramp gain);

 private:
  std::array<std::uint32_t, kSaws> phases_{}, steps_{};
  double pitch_ = 0;
};

}  // namespace entrain
