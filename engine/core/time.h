// Musical and sample time: Frame, Beat, Tempo, Meter, and the exact Timeline between them.
//
// Everything here is a value, computed in integers, realtime-safe and callable from any thread.
#pragma once

#include <compare>
#include <cstdint>

namespace entrain {

/// The engine's fixed unit of work: parameters change at its edges, triggers start at exact frames inside.
inline constexpr int kQuantum = 32;

/// A sample index since the engine began; the engine's only clock.
struct Frame {
  std::int64_t index = 0;

  constexpr Frame() = default;
  constexpr explicit Frame(std::int64_t i) : index(i) {}
  auto operator<=>(const Frame&) const = default;
  constexpr Frame operator+(std::int64_t n) const { return Frame(index + n); }
  constexpr Frame operator-(std::int64_t n) const { return Frame(index - n); }
  constexpr std::int64_t operator-(Frame other) const { return index - other.index; }
};

/// A position or length in music, in ticks of 1/967 680 beat (2^10 * 3^3 * 5 * 7), so that divisions
/// by 2, 3, 5, 7 and their common products stay exact for ever.
struct Beat {
  static constexpr std::int64_t kPerBeat = 967'680;
  std::int64_t ticks = 0;

  constexpr Beat() = default;
  constexpr explicit Beat(std::int64_t t) : ticks(t) {}
  static constexpr Beat beats(std::int64_t n) { return Beat(n * kPerBeat); }
  static Beat nearest(double beats);  ///< rounds to the nearest tick; `beats` must be finite, within +-1e12

  auto operator<=>(const Beat&) const = default;
  constexpr Beat operator+(Beat o) const { return Beat(ticks + o.ticks); }
  constexpr Beat operator-(Beat o) const { return Beat(ticks - o.ticks); }
  constexpr double value() const { return static_cast<double>(ticks) / kPerBeat; }
};

/// Beats per minute in steps of 1/10 000, so that what is typed (133.7) is exact.
struct Tempo {
  static constexpr std::int32_t kPerBpm = 10'000;
  static constexpr double kMinBpm = 20, kMaxBpm = 999;
  std::int32_t units = 120 * kPerBpm;

  static Tempo nearest(double bpm);  ///< clamps to kMinBpm..kMaxBpm
  constexpr double bpm() const { return static_cast<double>(units) / kPerBpm; }
  bool operator==(const Tempo&) const = default;
};

/// Where a request takes effect.
enum class Grid : std::uint8_t { now, step, beat, bar, phrase };

/// How beats group. A step is a sixteenth: a quarter of a beat.
struct Meter {
  std::int32_t beats_per_bar = 4;
  std::int32_t bars_per_phrase = 4;

  /// The spacing of a grid's lines; Beat(0) for `now`.
  constexpr Beat spacing(Grid grid) const {
    switch (grid) {
      case Grid::now: return Beat(0);
      case Grid::step: return Beat(Beat::kPerBeat / 4);
      case Grid::beat: return Beat::beats(1);
      case Grid::bar: return Beat::beats(beats_per_bar);
      case Grid::phrase: return Beat::beats(std::int64_t{beats_per_bar} * bars_per_phrase);
    }
    return Beat(0);
  }
  /// The first grid line at or after `at`; `at` itself for `now`.
  Beat next_line(Beat at, Grid grid) const;
};

/// Converts between frames and beats: one tempo, or a linear ramp (in time) that ends in one.
///
/// With v(t) = from + (to - from) * t / ramp, the beat after t frames is the integral of v, a rational number
/// evaluated in 128-bit integers: nothing drifts, ever. `beat_at` floors to a tick and `frame_at` gives the
/// first frame whose beat has come, so that for all b, f:  beat_at(f) >= b  <=>  f >= frame_at(b).
struct Timeline {
  Beat beat;               ///< at `frame`
  Frame frame;             ///< the anchor
  std::int32_t rate = 48'000;  ///< frames per second, 44 100 to 192 000
  Tempo from, to;          ///< at the anchor, and from `frame + ramp` on
  std::int64_t ramp = 0;   ///< frames, 0 to 2^31

  Beat beat_at(Frame f) const;
  Frame frame_at(Beat b) const;
  Tempo tempo_at(Frame f) const;
  /// The same motion with a new tempo from `f` on, reached linearly over `ramp_frames`.
  Timeline turned(Frame f, Tempo target, std::int64_t ramp_frames) const;
  /// Beats per frame at `f`, for reading maps between ticks.
  double beats_per_frame(Frame f) const;
  /// Like beat_at for a fractional frame offset from `f`; used where interpolation needs more than a tick.
  double beat_value(double f) const;
};

}  // namespace entrain
