// Repitch: plays what a stretcher makes at another speed, which changes its pitch and leaves its time to the
// stretcher.
#pragma once

#include <array>
#include <cstdint>

#include "engine/core/kernels.h"
#include "engine/core/time.h"
#include "engine/units/dsp/interpolator.h"

namespace entrain {

/// A stretched signal counted in frames of its own, of which `speed` pass for each frame that is heard: 0.5
/// to 2, an octave down to an octave up. At speed 1, from the start on, it is passed through bit for bit and
/// adds no work. Realtime-safe after prepare().
class Repitch {
 public:
  static constexpr double kSlowest = 0.5, kFastest = 2;

  void prepare();
  /// Starts over; what is heard next is the signal's frame `first`.
  void reset(std::int64_t first);

  /// The signal's frame that is heard at the beginning of the next quantum.
  double position() const { return static_cast<double>(base_) + static_cast<double>(at_) / kFrame; }
  /// The signal's frame that is to be made next.
  std::int64_t made() const { return base_ + count_; }

  /// Whether the next quantum, at this speed, needs more of the signal.
  bool wants(double speed) const;
  /// Takes the signal's next kQuantum frames.
  void put(const float* left, const float* right);
  /// Writes the next kQuantum frames that are heard.
  void get(double speed, const Kernels& kernels, float* left, float* right);

 private:
  static constexpr double kFrame = 4294967296.0;
  static constexpr int kHistory = 48;  ///< frames before the position that the longest filter reads
  static constexpr int kRoom = 256;
  static std::uint64_t step_of(double speed);
  bool plain(double speed) const;

  Interpolator interpolator_;
  std::array<std::array<float, kRoom>, 2> signal_{};  ///< frames from base_ on
  std::int64_t base_ = 0;
  int count_ = 0;
  std::uint64_t at_ = 0;  ///< from base_, in 1/2^32 frames
};

}  // namespace entrain
