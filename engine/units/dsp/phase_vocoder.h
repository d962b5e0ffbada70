// PhaseVocoder: lays windows of a stereo sound at other distances than they were taken at, so that each goes on
// from the one before.
#pragma once

#include <cstdint>
#include <cstdint>
#include <vector>

#include "engine/core/kernels.h"

namespace entrain {

/// A phase vocoder with phases locked around peaks (Laroche and Dolson: Improved phase vocoder time-scale
/// modification of audio, IEEE Trans. Speech and Audio Processing 7, 1999) and taken from a second window a hop before
/// each (Puckette: Phase-locked vocoder, IEEE WASPAA 1995). Around each peak of the spectrum, what the source has in that
/// second window is laid on what was made there, by the angle that makes the two correlate best, over both channels: no
/// phase is unwrapped, no angle computed, and the image stays.
///
/// prepare() allocates; all else is realtime-safe. The same windows since reset() give the same bits.
class PhaseVocoder {
 public:
  /// `window`: frames, a power of two from 64 up. Windows are laid `hop` frames apart, at most a quarter of one.
  void prepare(int window, int hop);

  /// What is laid next starts anew: as it is.
  void reset() noexcept {
    started_ = false;
    plain_ = true;
  }

  /// Starts from a window already laid as it is, by copy().
  void follow_copy(const Kernels& kernels, const float* left, const float* right) noexcept;

  /// Reads hop + window frames, of which the last `window` are to be laid; `in_step`: they lie a hop after those laid
  /// before, in the source, too. Writes `window` frames, to be added to those of other windows. True when it was laid
  /// as it is, which all are that follow one another in step from a start.
  bool lay(const Kernels& kernels, const float* left, const float* right, bool in_step, float* to_left,
           float* to_right) noexcept;

  /// Lays `window` frames as they are, and forgets them.
  void copy(const Kernels& kernels, const float* left, const float* right, float* to_left, float* to_right) const noexcept;

  /// An attack: its first frame among those that are read, and among those that are written.
  struct Cut {
    std::int64_t read, written;
    int fade;  ///< frames before it
  };

  /// Decides what goes on through an attack, peak by peak: what is about as strong in the window before it as in the one
  /// that holds it and what follows. False when that is nothing, or all is laid as it is anyway.
  bool divide(const Kernels& kernels, const float* before_left, const float* before_right, const float* after_left,
              const float* after_right) noexcept;
  /// As lay(): what goes on, and the rest up to the attack.
  void lay_through(const Kernels& kernels, const float* left, const float* right, const Cut& cut, float* to_left,
                   float* to_right) noexcept;
  /// As copy(), but from the attack on, and without what goes on.
  void copy_after(const Kernels& kernels, const float* left, const float* right, const Cut& cut, float* to_left,
                  float* to_right) noexcept;
  /// As follow_copy(), for copy_after().
  void follow_copy_after(const Kernels& kernels, const float* left, const float* right) noexcept;

 private:
  struct Frame {
    std::vector<float> real, imaginary;  ///< left and right; or their spectrum
  };
  Spectrum view(const Frame& frame) const { return {frame.real.data(), frame.imaginary.data()}; }
  void take(const Kernels& kernels, const float* left, const float* right, Frame& frame) const noexcept;
  void transform(const Kernels& kernels, Frame& frame) noexcept;
  void invert(const Kernels& kernels, Frame& frame) noexcept;
  void strike(const Kernels& kernels, Frame& frame) noexcept;
  void align(const Kernels& kernels) noexcept;
  void turn(const Kernels& kernels, Frame& frame) const noexcept;
  void write(const Kernels& kernels, const Frame& frame, float* to_left, float* to_right) noexcept;

  int window_ = 0, hop_ = 0;
  std::vector<float> turns_, analysis_;
  std::vector<float> laying_, synthesis_, both_;  ///< a window laid; the same after a transform; both windows' product
  std::vector<float> spare_, power_, cross_real_, cross_imaginary_, turn_real_, turn_imaginary_;
  std::vector<std::uint32_t> peaks_;      ///< bins
  std::vector<float> going_on_, ending_;  ///< by bin: 1 or 0, and its opposite over the window's length
  Frame heard_, before_, made_;           ///< the window to lay, the one a hop before it, and the last one laid
  Frame through_;                         ///< what goes on
  bool started_ = false;
  bool plain_ = true;    ///< nothing was turned yet: made_ holds frames, no spectrum
  bool aligned_ = false;  ///< the turns are those of made_
};

}  // namespace entrain
