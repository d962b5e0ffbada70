// Stretcher: makes one loop follow a moving musical position, through Rubber Band's R2 engine.
//
// A warp map S(t) says which source frame sounds at output frame t. R2 takes a time ratio per hop and lays
// each analysis window where its own calculator thinks right. This class counts what R2 really took and gave,
// reads the map where the next window will lie, and chooses the ratio that puts it there. Attacks, found in
// the source before they are due, pass at unity: every window that holds one lays it on the same output
// frame.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/time.h"
#include "engine/units/dsp/stretcher_calculator.h"
#include "engine/units/dsp/stretcher_source.h"

namespace RubberBand {
class RubberBandStretcher;
}

namespace entrain {

/// The warp map: a plain function and its context. Finite, rising, cheap: read a few times per hop, up to
/// `Stretcher::lookahead()` frames after the quantum being rendered.
struct StretchTarget {
  double (*read)(const void* context, double output_frame) = nullptr;
  const void* context = nullptr;

  double operator()(double output_frame) const { return read(context, output_frame); }
};

/// One per playing loop; two per deck, so that one can be pre-rolled while the other sounds.
///
/// prepare() allocates and belongs off the audio thread; all else is for the audio thread: no allocation,
/// lock, system call or page fault, at most `kMaxHops` hops per quantum. What sounds depends on source, map,
/// launch and index alone. At speed 1 exactly (within 10 ppm), R2 passes the source through within float
/// rounding from the start on, so no caller needs to bypass it.
class Stretcher {
 public:
  static constexpr int kIndices = 8;                        ///< stagger indices
  static constexpr int kMaxHops = 4;                        ///< per quantum
  static constexpr double kMinRatio = 0.25, kMaxRatio = 4;  ///< output to source duration; beyond, it splices

  Stretcher();
  ~Stretcher();
  Stretcher(Stretcher&&) noexcept;
  Stretcher& operator=(Stretcher&&) noexcept;

  /// Takes all memory for engine rate `rate` (44 100 to 192 000) and touches it; tens of milliseconds or
  /// more. `options`: R2 option bits besides real-time and joint channels, for comparisons.
  void prepare(int rate, int options = kOptions);

  /// Idle and silent; what follows equals what a fresh one does, bit for bit.
  void reset() noexcept;

  /// Frames from the quantum in which begin() is called to the launch, for a settled, aligned start.
  int lead() const { return lead_; }
  /// How far past the quantum being rendered the map is read.
  int lookahead() const { return 2 * window_ + 2 * slot_frames_; }

  /// Starts over, to sound right from `launch` on. Call preroll() in this and every following quantum, and
  /// process() from the launch's quantum on; called later than lead() before it, it is silent until settled.
  /// Stretchers of different `index` (0 to 7) hop in different quanta as far as there are quanta in a hop:
  /// 0 to 3 never meet.
  void begin(Frame launch, int index) noexcept;

  /// The work of the quantum that starts at `quantum` (a multiple of kQuantum), its sound discarded. True
  /// when process() may sound from the next quantum on.
  bool preroll(const StretchSource& source, const StretchTarget& target, Frame quantum) noexcept;

  /// Writes kQuantum frames to `left` and `right`. Quanta follow one another; a left-out one is skipped.
  void process(const StretchSource& source, const StretchTarget& target, Frame quantum, float* left,
               float* right) noexcept;

  /// The source position at the output frame after the last processed quantum, from the counted windows
  /// around it. Differs from the map while an attack passes and for some hops after.
  double source_position() const noexcept;

 private:
  static constexpr int kOptions = 0;  // standard window, crisp, laminar: the bench compares

  struct Laid {
    std::int64_t source = 0, output = 0;  ///< a window's centre
  };
  enum class Stage : std::uint8_t { idle, waiting, kicked, seeded, running };

  void work(const StretchSource&, const StretchTarget&, std::int64_t quantum) noexcept;
  void kick() noexcept;
  void seed(const StretchSource&, const StretchTarget&) noexcept;
  void hop(const StretchSource&, const StretchTarget&) noexcept;
  double choose_ratio(const StretchSource&, const StretchTarget&) noexcept;
  double follow(double error, double slope, double gain) noexcept;
  double pass(std::int64_t onset, const StretchTarget&, double slope) noexcept;
  double set_ratio(double ratio) noexcept;
  void hear_attacks(bool hear) noexcept;
  int increment() const noexcept;
  int run(int frames) noexcept;

  std::unique_ptr<RubberBand::RubberBandStretcher> r2_;
  int options_ = 0, rate_ = 0, window_ = 0, slots_ = 1, slot_frames_ = 0, lead_ = 0, anchor_ = 0;
  double min_ratio_ = kMinRatio;
  std::vector<float> feed_left_, feed_right_;

  Stage stage_ = Stage::idle;
  int slot_ = 0;
  std::int64_t start_ = 0;    ///< output frame of R2's first sample
  std::int64_t settled_ = 0;  ///< first output frame that every window covers
  std::int64_t in_ = 0;       ///< source frame at which the next analysis window starts
  std::int64_t fed_ = 0;      ///< source frame that will be fed next
  std::int64_t out_ = 0;      ///< output frame of the next sample R2 will make
  std::int64_t taken_ = 0;    ///< output frame of the next sample to take from R2
  R2Calculator calculator_;
  OnsetScan onsets_;
  std::int64_t passing_ = OnsetScan::kNone;  ///< the attack that passes, and the output frame where it sounds
  double lands_ = 0;
  bool heard_ = false;  ///< R2 took it for an attack, too
  bool unity_ = false;
  int last_made_ = 0;
  std::array<Laid, 64> laid_{};
  std::uint64_t hops_ = 0;
};

}  // namespace entrain
