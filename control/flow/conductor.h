// The conductor: brings one loop after the other onto two decks, each by a transition of the document.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "control/flow/transition_shapes.h"
#include "control/stage/edits.h"
#include "engine/core/events.h"
#include "engine/core/records.h"

namespace entrain {

/// A transition effect of the bridge that leads up to where a part is heard.
struct FlowRiser {
  Beat length;           ///< whole bars, 1 to 16
  int kind = 0;          ///< of /bridge/kind: 0 noise, 1 glide, 2 climb
  int root = 0;          ///< of the key it climbs in, 0 to 11
  bool minor = true;

  bool operator==(const FlowRiser&) const = default;
};

/// A loop of a flow, ready to be played.
struct FlowPart {
  std::uint64_t tag = 0;             ///< tells parts apart; not 0
  std::shared_ptr<const Loop> loop;  ///< null: nothing comes, the flow ends
  Beat plays;                        ///< from where it is heard to where the next one is
  TransitionKind kind = TransitionKind::blend;
  Beat crossing;               ///< the length of the transition into it
  double clash = 0;            ///< of lows, 0 to 1; see transition_shape()
  double semitones = 0;        ///< that its pitch is moved by
  double tempo = 0;            ///< BPM the music goes to while it comes in; 0: stays
  bool tempo_at_once = false;  ///< it jumps there as the part is heard
  std::optional<FlowRiser> riser;
  double relaxes_to = 0;       ///< BPM it goes to after that; 0: stays
};

/// Pure: what it does follows from the snapshots and parts it is given. Used live and offline alike. One
/// thread.
class Conductor {
 public:
  /// What has to reach the engine at once.
  struct Act {
    std::optional<SetParts> parts;
    std::vector<Event> events;

    bool empty() const { return !parts && events.empty(); }
  };

  /// A part that has its place.
  struct Placed {
    FlowPart part;
    Transition transition;
    int deck = 0;
    Beat heard;   ///< where its beat 0 is heard
    Beat before;  ///< how long after the transition's beginning
    bool begun = false;
    bool tempo_told = false, riser_told = false;
  };

  /// `lead`: frames a launch must be known beforehand, what the edit's way takes included.
  Conductor(Meter meter, int rate, int lead) : meter_(meter), rate_(rate), lead_(lead) {}

  /// To be called a few times a beat and more. `next` is what should play next, or null to stay with what
  /// plays; as long as it has not begun, another one takes its place.
  Act follow(const Snapshot& now, const FlowPart* next);

  /// The part that plays, or 0; and where on the running beat it was first heard.
  std::uint64_t playing() const { return playing_ ? playing_->part.tag : 0; }
  Beat heard_from() const { return playing_ ? playing_->heard : Beat(0); }
  int deck() const { return playing_ ? playing_->deck : 0; }  ///< that plays it, from 0
  Beat plays_until() const { return playing_ ? playing_->heard + playing_->part.plays : Beat(0); }
  /// The part that is planned in the engine or coming in, or 0; and when its transition begins.
  std::uint64_t coming() const { return coming_ ? coming_->part.tag : 0; }
  std::optional<Transition> transition() const;
  const std::optional<Placed>& placed() const { return coming_; }
  /// Goes on where another conductor has placed a part, in an engine that knows of it: what it told is told
  /// again, to the same effect as long as the transition has not begun.
  void take_over(const Placed& placed);
  /// What was placed last could not be brought to the engine: it is placed anew.
  void lost() { coming_.reset(); }
  /// The part that was taken back by hand last, or 0: it should not be offered again at once.
  std::uint64_t refused() const { return refused_; }

 private:
  void watch(const Snapshot& now, Act& act);
  bool stand_still(Act& act);
  void tell_tempo(const Snapshot& now, Act& act);
  void tell_riser(const Snapshot& now, Act& act);
  void give_back(const Snapshot& now, Act& act);
  void place(const Snapshot& now, const FlowPart& next, Act& act);
  int sounding_deck(const Snapshot& now) const;
  Beat soonest(const Snapshot& now) const;
  Beat line_for(const Snapshot& now, Beat before) const;
  static bool same(const FlowPart& a, const FlowPart& b);

  const Meter meter_;
  const int rate_, lead_;
  std::optional<Placed> playing_, coming_;
  std::uint64_t last_id_ = 0, refused_ = 0;
  /// The bridge's controls as the performer had them, and from when on they are so again.
  struct Lent {
    ControlId control;
    double was, set;
  };
  std::vector<Lent> lent_;
  Beat lent_until_;
};

}  // namespace entrain
