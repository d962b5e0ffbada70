// StretchSource: the PCM a stretcher plays, read at unrolled positions; and OnsetScan, which finds the
// attacks in it before they are played.
#pragma once

#include <array>
#include <cstdint>

namespace entrain {

/// A view of the PCM to play. Mono: `right == left`. Unrolled positions are read modulo `frames` when looping
/// (so the map must advance by exactly `frames` per round), and are silent outside [0, frames) when not.
struct StretchSource {
  const float* left = nullptr;
  const float* right = nullptr;
  std::int64_t frames = 0;
  bool loop = true;
  int seam = 0;    ///< looping: so many frames before the end each round goes over into what lies before its beginning
  int before = 0;  ///< frames that can be read before `left` and `right`; farther back is silence

  /// Copies unrolled frames [from, from + n). Realtime-safe.
  void copy(std::int64_t from, int n, float* to_left, float* to_right) const noexcept;

 private:
  void join(std::int64_t at, int n, float* to_left, float* to_right) const noexcept;
};

/// Finds attacks: blocks of two thirds of a millisecond whose energy, plain or differentiated, rises far
/// above the peaks of the last 40 ms (above the mean, every period of a low pulse would count). At most one
/// per 50 ms. Depends on the source and the position it was started at, nothing else. Realtime-safe.
class OnsetScan {
 public:
  void reset(int rate, std::int64_t from) noexcept;
  /// Reads on, up to `upto`.
  void read(const StretchSource& source, std::int64_t upto) noexcept;
  std::int64_t position() const { return at_; }
  /// The first known onset at or after `from`, or kNone. Only the last few are remembered.
  std::int64_t next(std::int64_t from) const noexcept;

  static constexpr std::int64_t kNone = INT64_MAX / 2;  ///< far from overflow

 private:
  int block_ = 32;
  std::int64_t at_ = 0, last_ = 0, rest_ = 0;
  float before_left_ = 0, before_right_ = 0;
  double plain_ = 0, edge_ = 0;  ///< forgetful peaks of block energies
  std::array<std::int64_t, 8> found_{};
  std::uint64_t count_ = 0;
};

}  // namespace entrain
