// Adapter: turns quanta of 32 frames into device periods of any length, channel count and rate.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "control/device/quantum_source.h"
#include "engine/core/result.h"

struct SRC_STATE_tag;

namespace entrain {

/// Carries the remainder of a quantum from one period to the next, maps channels, and resamples when the
/// device runs at another rate than the engine. Pure: no thread, no clock. Without resampling the samples
/// do not depend on how they are cut into periods.
///
/// One device output gets the mean of the master pair; two or three get the master (the third is silent), or
/// the cue pair while the source is split;
/// four and more get the master, the cue on 3-4, and silence on the rest.
class Adapter {
 public:
  struct Shape {
    int engine_rate = 48'000;  ///< frames per second, fixed for the whole jam
    int device_rate = 48'000;  ///< frames per second; the ratio must lie within 1/256 to 256
    int channels = 2;          ///< device outputs, 1 or more
  };

  /// Takes and warms all memory; not realtime-safe. `source` must outlive the adapter and is not called here.
  static Result<std::unique_ptr<Adapter>> make(QuantumSource& source, Shape shape);
  ~Adapter();
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;

  /// Writes one device period, planar: channel c is out[c * frames .. c * frames + frames). Any length
  /// from 1. Realtime-safe; renders as many quanta as the period needs (at most one more than its length
  /// calls for, plus the resampler's look-ahead on the first).
  void pull(float* out, int frames) noexcept;

  /// Engine frames rendered that have not yet reached the device (to a frame when resampling). Realtime-safe.
  std::int64_t ahead() const noexcept { return QuantumSource::frames - used_; }

  /// Lets the next `frames` device frames rise linearly from silence, so that a return does not click.
  void fade_in(int frames) noexcept;

  const Shape& shape() const { return shape_; }
  bool resamples() const { return static_cast<bool>(resampler_); }

 private:
  struct FreeResampler {
    void operator()(SRC_STATE_tag* state) const;
  };
  static constexpr int kBlock = 256;  ///< device frames resampled at a time

  Adapter(QuantumSource& source, Shape shape);
  void next_quantum() noexcept;
  int produce(int wanted) noexcept;
  void map(float* out, int stride, const float* const* in, int frames) const noexcept;
  void apply_fade(float* out, int frames) noexcept;

  QuantumSource& source_;
  Shape shape_;
  std::unique_ptr<SRC_STATE_tag, FreeResampler> resampler_;
  int lanes_ = 2;                     ///< channels resampled: the cue only where it is heard
  int used_ = QuantumSource::frames;  ///< frames of the present quantum already passed on
  int fade_length_ = 0, fade_left_ = 0;
  std::array<std::array<float, QuantumSource::frames>, QuantumSource::channels> quantum_{};
  std::array<float, QuantumSource::frames * QuantumSource::channels> interleaved_{};
  std::array<float, kBlock * QuantumSource::channels> resampled_{};
  std::array<std::array<float, kBlock>, QuantumSource::channels> planes_{};
};

}  // namespace entrain
