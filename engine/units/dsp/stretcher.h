// Stretcher: makes one loop follow a moving musical position.
//
// A warp map S(t) says which source frame sounds at output frame t. Windows are laid on a fixed grid of output
// frames, each taken where the map says, and joined by a phase vocoder. Attacks, found in the source before they are
// due, divide it: each is laid on its own frame as it is, without what goes before it, which ends there (cf. Röbel: A
// new approach to transient processing in the phase vocoder, DAFx 2003; here time is divided, not the spectrum).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/core/kernels.h"
#include "engine/core/time.h"
#include "engine/units/dsp/phase_vocoder.h"
#include "engine/units/dsp/stretcher_source.h"

namespace entrain {

/// The warp map: a plain function and its context. Finite, cheap: read a few times per hop, up to two windows (see
/// Stretcher) after the quantum being rendered. It may stand still and jump.
struct StretchTarget {
  double (*read)(const void* context, double output_frame) = nullptr;
  const void* context = nullptr;

  double operator()(double output_frame) const { return read(context, output_frame); }
};

/// One per playing loop; two per deck, so that one can be pre-rolled while the other sounds.
///
/// prepare() allocates and belongs off the audio thread; all else is for the audio thread: no allocation, lock,
/// system call or page fault, at most `kMaxHops` hops per quantum. What sounds depends on source, map, launch, index
/// and kernels alone. While source and output keep step (within 0.75 frames), from the launch or an attack on, the
/// source passes through within float rounding, and costs next to nothing.
class Stretcher {
 public:
  static constexpr int kIndices = 8;  ///< stagger indices
  static constexpr int kMaxHops = 2;  ///< per quantum

  /// Takes all memory for engine rate `rate` (44 100 to 192 000) and touches it.
  void prepare(int rate);

  /// Idle and silent; what follows equals what a fresh one does, bit for bit.
  void reset() noexcept;

  /// Frames from the quantum in which begin() is called to the launch, for a settled start.
  static constexpr int lead() { return (kOverlap + 1) * kSlots * kQuantum; }

  /// Starts over, to sound right from `launch` on. Call preroll() in this and every following quantum, and process()
  /// from the launch's quantum on; called later than lead() before it, it is silent until settled. Stretchers of
  /// different `index` (0 to 7) never work in the same quantum; but pairs (0 and 1, 2 and 3...) do while one begins.
  void begin(Frame launch, int index) noexcept;

  /// The work of the quantum that starts at `quantum` (a multiple of kQuantum), its sound discarded. True when
  /// process() may sound from the next quantum on.
  bool preroll(const Kernels& kernels, const StretchSource& source, const StretchTarget& target,
               Frame quantum) noexcept;

  /// Writes kQuantum frames to `left` and `right`. Quanta follow one another; a left-out one is skipped.
  void process(const Kernels& kernels, const StretchSource& source, const StretchTarget& target, Frame quantum,
               float* left, float* right) noexcept;

  /// The source position at the output frame after the last processed quantum, from the windows around it. Differs
  /// from the map while an attack passes and for some hops after.
  double source_position() const noexcept;

 private:
  static constexpr int kOverlap = 8;  ///< windows over each frame
  static constexpr int kSlots = 4;    ///< quanta from one window to the next before the launch
  static constexpr std::int64_t kNever = INT64_MIN / 4;
  /// An attack's first frame in the source, and the output frame where it sounds.
  struct Attack {
    std::int64_t source = OnsetScan::kNone, output = kNever;
    bool known() const { return source != OnsetScan::kNone; }
  };
  struct Laid {
    std::int64_t source = 0, output = 0;  ///< a window's centre
  };

  void aim(std::int64_t settled) noexcept;
  void hop(const Kernels&, const StretchSource&, const StretchTarget&) noexcept;
  std::int64_t place(const StretchTarget&, std::int64_t centre) noexcept;
  Attack find_attack(const StretchSource&, const StretchTarget&, std::int64_t centre) noexcept;
  void meet_attack(const Kernels&, const StretchSource&, const StretchTarget&, std::int64_t centre) noexcept;
  void enter_attack(const Kernels&, const StretchSource&, const StretchTarget&, std::int64_t centre) noexcept;
  void load(const StretchSource&, std::int64_t centre) noexcept;
  void add(const Kernels&) noexcept;
  std::size_t slot(std::int64_t frame) const noexcept;

  int rate_ = 0, window_ = 0, hop_ = 0, fade_ = 1;
  PhaseVocoder vocoder_;
  OnsetScan onsets_;
  std::array<std::vector<float>, 2> source_;  ///< hop and window frames
  std::array<std::vector<float>, 2> made_;    ///< a window's
  std::array<std::vector<float>, 2> sum_;     ///< of windows laid: a ring of two windows

  bool begun_ = false, fresh_ = false;
  int index_ = 0;
  std::int64_t next_ = 0;     ///< output frame where the next window begins
  std::int64_t settled_ = 0;  ///< first output frame that all its windows cover
  std::int64_t taken_ = 0;    ///< output frame of the next quantum
  std::int64_t last_ = 0;     ///< centre of the last window, in the source
  double astray_ = 0;         ///< source frames by which windows lie after the map, and
  double step_ = 0;           ///< what becomes of it in a hop
  Attack attack_, coming_;    ///< the last one; and the next, when windows hold it
  bool divided_ = false;      ///< some of what plays goes on through the one that comes
  std::array<Laid, 32> laid_{};
  std::uint64_t hops_ = 0;
};

}  // namespace entrain
