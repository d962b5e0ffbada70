// A drawer: which sample of the cluster a hit plays.
#pragma once

#include <array>
#include <cstdint>

#include "engine/core/performance.h"

namespace entrain {

enum class DrawMode : std::uint8_t { random, no_repeat, round_robin, nearest, farthest };

/// One track's. Realtime-safe; its work is bounded by the memory and the size of the cluster.
class Drawer {
 public:
  static constexpr int kMaxMemory = 16;

  struct Choice {
    DrawMode mode = DrawMode::random;
    int memory = 1;      ///< 1 to kMaxMemory; fewer than the cluster has samples are kept in mind
    std::uint64_t bits;  ///< what chance says: a hash of the hit's place
  };

  void reset();
  /// Draws a sample for a hit and remembers it.
  int draw(const Cluster& cluster, const Choice& choice);
  /// What a hit plays that draws nothing counts as well: it was heard.
  void heard(int sample);

  /// The sample that a step of the pattern drew last; -1: none yet. `position` below kMaxSteps.
  int held(std::size_t position) const { return held_[position]; }
  void hold(std::size_t position, int sample) { held_[position] = static_cast<std::int16_t>(sample); }
  /// Forgets what the steps drew.
  void release();

 private:
  bool recent(int sample, int memory) const;
  int among_others(const Cluster& cluster, int memory, std::uint64_t bits) const;
  int along_timbre(const Cluster& cluster, int memory, bool near, std::uint64_t bits) const;

  std::array<std::int16_t, kMaxMemory> heard_{};  ///< the latest first
  int known_ = 0;                                 ///< of those
  std::array<std::int16_t, kMaxSteps> held_;
};

}  // namespace entrain
