// PhaseVocoder: lays windows of a stereo sound at other distances than they were taken at, so that each goes on
// from the one before.
#pragma once

#include <vector>

#include "engine/core/kernels.h"

namespace entrain {

/// A phase vocoder with phases locked around peaks (Laroche and Dolson: Improved phase vocoder time-scale
/// modification of audio, IEEE Trans. Speech and Audio Processing 7, 1999). Around each peak of the spectrum, what is
/// heard a hop before a window in the source is laid on what was made there, by the angle that makes the two correlate
/// best, over both channels: no phase is unwrapped, no angle computed, and the image stays.
///
/// prepare() allocates; all else is realtime-safe. The same windows since reset() give the same bits.
class PhaseVocoder {
 public:
  /// `window`: frames, a power of two from 64 up. Windows are laid `hop` frames apart, at most a quarter of one.
  void prepare(int window, int hop);

  /// What is laid next starts anew: as it is.
  void reset() noexcept { started_ = false; }

  /// Starts from a window already laid as it is, by copy().
  void follow_copy(const Kernels& kernels, const float* left, const float* right) noexcept;

  /// Reads hop + window frames, of which the last `window` are to be laid; `in_step`: they lie a hop after those laid
  /// before, in the source, too. Writes `window` frames, to be added to those of other windows. True when it was laid
  /// as it is, which all are that follow one another in step from a start.
  bool lay(const Kernels& kernels, const float* left, const float* right, bool in_step, float* to_left,
           float* to_right) noexcept;

  /// Lays `window` frames as they are, and forgets them.
  void copy(const Kernels& kernels, const float* left, const float* right, float* to_left, float* to_right) const noexcept;

 private:
  struct Frame {
    std::vector<float> real, imaginary;  ///< left and right; or their spectrum
  };
  Spectrum view(const Frame& frame) const { return {frame.real.data(), frame.imaginary.data()}; }
  void take(const Kernels& kernels, const float* left, const float* right, Frame& frame) const noexcept;
  void transform(const Kernels& kernels, Frame& frame) noexcept;
  void align() noexcept;

  int window_ = 0, hop_ = 0;
  std::vector<float> turns_, analysis_, synthesis_, both_;  ///< both_: the product of the windows
  std::vector<float> spare_, power_, cross_real_, cross_imaginary_, turn_real_, turn_imaginary_;
  Frame heard_, before_, made_;  ///< the window to lay, the one a hop before it, and the last one laid
  bool started_ = false;
  bool plain_ = true;  ///< nothing was turned yet: made_ holds frames, no spectrum
};

}  // namespace entrain
