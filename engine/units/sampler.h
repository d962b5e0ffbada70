// The sampler: sounds triggers with up to 256 voices, stolen without clicks.
#pragma once

#include <array>
#include <vector>

#include "engine/core/context.h"

namespace entrain {

class Sampler {
 public:
  enum Control : std::uint8_t { gain, mute, count };
  static constexpr int instances = kTracks;
  static constexpr Place place = Place::source;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {gain, "/track/#/gain", Kind::continuous, -60, 12, 0, Unit::decibels, Curve::linear, 10, kRecallSafe | kModulatable | kChat,
       "Level of the track; silent at the bottom."},
      {mute, "/track/#/mute", Kind::toggle,       0,  1, 0, Unit::none,     Curve::linear, 10, kRecallSafe | kChat,
       "Silences the track without stopping its pattern."},
      // clang-format on
  }};

  static constexpr int kVoices = 256;

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;

 private:
  /// A voice that is stolen fades in `fade_` frames; the pool has room for every fade that can overlap.
  static constexpr int kFadeQuanta = 3;
  static constexpr int kPool = kVoices + 64 * (kFadeQuanta + 1);

  struct Voice {
    const Asset* asset = nullptr;
    std::uint64_t epoch = 0;
    std::uint64_t born = 0;     ///< order of birth
    std::int64_t position = 0;  ///< next frame of the asset
    int offset = 0;             ///< where in this quantum it starts
    int fade_left = 0;          ///< frames of fade still to come; 0 and not fading: sounds in full
    bool fading = false;
    std::int16_t track = 0;
    float gain = 1;
  };
  void start(const Trigger& trigger);
  void steal_oldest();
  void fade(Voice& voice);
  /// False when the voice has ended.
  bool render(Voice& voice, Buses& buses, const Kernels& kernels);

  std::vector<Voice> pool_;
  int alive_ = 0;     ///< voices [0, alive_) sound or fade
  int sounding_ = 0;  ///< of those, not fading
  std::uint64_t births_ = 0, stolen_ = 0;
};

}  // namespace entrain
