// The stitcher: runs the transition that is planned, from its launch to its end, and the crossfader.
#pragma once

#include <array>
#include <optional>

#include "engine/core/context.h"

namespace entrain {

/// A transition waits for its beat, or for `go`; the coming deck is launched there; curves of the document
/// move both strips; at its end the deck that went is stopped. Asked for too late, it takes the next bar.
class Stitcher {
 public:
  enum Control : std::uint8_t { go, abort, hand, fader, crossfader, curve, count };
  static constexpr int instances = 1;
  static constexpr Place place = Place::sequence;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {go,         "/transition/go",       Kind::trigger,     0, 1, 1, Unit::none, Curve::linear,  0, kPrepared | kChat,
       "Begins the planned transition at the next bar instead of its own time."},
      {abort,      "/transition/abort",    Kind::trigger,     0, 1, 1, Unit::none, Curve::linear,  0, kPlain,
       "Goes back to the deck that was going, within a beat, and stops the one that was coming; or cancels what has not begun."},
      {hand,       "/transition/hand",     Kind::toggle,      0, 1, 0, Unit::none, Curve::linear,  0, kPlain,
       "Leaves the transition to /transition/fader; off, it goes on by itself from there."},
      {fader,      "/transition/fader",    Kind::continuous,  0, 1, 0, Unit::none, Curve::linear,  0, kPlain,
       "Scrubs through the planned transition: lifted from 0 it begins at the next beat, at 1 it is done."},
      {crossfader, "/crossfader/position", Kind::continuous, -1, 1, 0, Unit::none, Curve::linear, 10, kRecallSafe | kModulatable | kChat,
       "Between the decks assigned to A, at -1, and to B, at 1."},
      {curve,      "/crossfader/curve",    Kind::choice,      0, 2, 0, Unit::none, Curve::linear,  0, kRecallSafe,
       "Equal power, straight amplitudes, or both in full but for the last tenth on either side.", "power|linear|cut"},
      // clang-format on
  }};

  void prepare(int rate);
  void reset();
  void announce(const Announcement& announcement, Controls controls);
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;

 private:
  using Phase = Snapshot::Transition::Phase;

  void obey(const Context& context, const Controls& controls);
  void wait(const Transition& t, const Context& context, const Controls& controls);
  void advance(const Transition& t, const Context& context, const Controls& controls);
  void end(int deck, const Context& context, Beat at);
  void order(const Transition& t, const Context& context);
  void move(const Transition& t, const Context& context);
  bool due_within(std::int64_t frames, const Context& context) const;

  int rate_ = 48'000;
  std::uint64_t id_ = 0;  ///< of the transition that is followed; 0: none
  Phase phase_ = Phase::none;
  Beat start_;                ///< when it begins, or would have, given where it is
  std::optional<Due> asked_;  ///< by `go`
  float part_ = 0;            ///< 0..1
  float returning_ = 0;       ///< per quantum, going back
  int ending_ = -1;           ///< the deck that is stopped
  Beat ended_;                ///< when
  Frame rests_;               ///< from when on the strips are left alone
  bool was_rolling_ = false;
};

}  // namespace entrain
