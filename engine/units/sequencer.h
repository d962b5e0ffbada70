// The sequencer: sixteen patterns of steps; every hit draws a sample of its track's cluster.
#pragma once

#include <array>

#include "engine/core/context.h"

namespace entrain {

class Sequencer {
 public:
  enum Control : std::uint8_t { on, hit, count };
  static constexpr int instances = kTracks;
  static constexpr Place place = Place::sequence;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {on,  "/track/#/on",  Kind::toggle,  0, 1, 1, Unit::none, Curve::linear, 0, kRecallSafe | kChat,
       "Lets the track's pattern trigger its hits; quantise it to bring a track in on the bar."},
      {hit, "/track/#/hit", Kind::trigger, 0, 1, 1, Unit::none, Curve::linear, 0, kChat,
       "Plays one sample of the track's cluster by hand; the value is its velocity."},
      // clang-format on
  }};

  void prepare(int) { reset(); }
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);

 private:
  void play_steps(const Context& context, Controls controls, int track);
  void play_by_hand(const Context& context, Controls controls);
  void strike(const Context& context, const Performance& performance, int track, int offset, std::int64_t step,
              float velocity);

  std::array<bool, kTracks> on_{};
  std::int64_t hand_hits_ = 0;  ///< counts hits by hand, so that each draws anew
};

}  // namespace entrain
