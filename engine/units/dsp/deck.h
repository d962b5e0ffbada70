// A deck: one loop, locked to the beat, launched on the grid; switches between twin players that nobody
// hears.
#pragma once

#include <array>
#include <optional>

#include "engine/core/context.h"
#include "engine/units/dsp/loop_player.h"

namespace entrain {

/// What a deck's controls say in a quantum.
struct DeckSetting {
  Bend bend;          ///< without `foundation`: its owner knows the other decks
  bool slip = false;  ///< what jumps comes back
  bool once = false;  ///< plays its loop to its end and stops
};

/// Realtime-safe after prepare(). Everything that changes what plays (launch, jump, another loop) is a switch: the
/// idle player gets ready, and takes over in 10 ms. A loop goes round and round in one player.
class Deck {
 public:
  /// Told of what was asked and not done yet.
  struct Asked {
    Due due;
    double value = 0;
  };

  void prepare(int rate, int index);
  void reset();
  /// Frames a switch must be known beforehand.
  int lead() const { return lead_; }

  void ask_play(const Asked& asked) { armed_ = asked; }
  void ask_jump(const Asked& asked, bool to_marker) { jump_ = Jump{asked, to_marker}; }

  /// Decides what changes in this quantum. True when it has begun or stopped by itself, so that its control
  /// has to be told: playing() says which.
  bool decide(const DeckSetting& setting, const DeckOrder& order, const Context& context, bool stood);
  /// Adds the quantum's sound; true when there is any.
  bool render(const Context& context, const Bend& bend, float* left, float* right);

  bool playing() const { return on_; }
  bool sounds() const { return live_ >= 0; }
  /// The loop that sounds and where its beat 0 lies; null: none.
  const Loop* loop() const { return live_ >= 0 ? live().loop() : nullptr; }
  Beat origin() const { return origin_; }
  void observe(Snapshot::Deck& shown, std::uint64_t& oldest_epoch) const;
  std::uint64_t late() const { return late_; }

 private:
  struct Jump {
    Asked asked;
    bool to_marker;
  };
  /// A switch to come: at beat `at` the loop plays whose beat 0 lies at `origin`.
  struct Plan {
    Beat at, origin;
    const Loop* loop = nullptr;
    std::uint64_t epoch = 0;  ///< of a version that holds the loop

    /// The same switch, whichever version it was read from: versions are rebased all the time.
    bool same_as(const Plan& o) const { return at == o.at && origin == o.origin && loop == o.loop; }
  };

  LoopPlayer& live() { return players_[static_cast<std::size_t>(live_)]; }
  const LoopPlayer& live() const { return players_[static_cast<std::size_t>(live_)]; }
  LoopPlayer& idle() { return players_[live_ == 0 ? 1 : 0]; }
  bool plays(const Loop* loop) const { return live_ >= 0 && live().loop() == loop; }

  void silence(Frame from);
  void halt();
  bool stop_when_due(const DeckSetting& setting, const DeckOrder& order, const Context& context);
  void stop_at(Frame due, const Context& context);
  void follow_document(const Context& context);
  void follow_slip(bool slip, const Context& context);
  std::optional<Plan> next_plan(const DeckSetting& setting, const DeckOrder& order, const Context& context);
  std::optional<Plan> jump_plan(const Context& context);
  Plan again(const Context& context) const;
  Plan changed(const Performance& next, Beat at, const Context& context) const;
  void prepare_switch(const std::optional<Plan>& plan, bool once, const Context& context);
  bool switch_when_due(const Context& context);

  std::array<LoopPlayer, 2> players_;
  int index_ = 0;
  int lead_ = 0, crossfade_ = 1, fade_in_ = 1, fade_out_ = 1;  ///< frames
  int live_ = -1;                                                           ///< the player that sounds
  bool on_ = false;  ///< plays, or will when the beat moves
  std::optional<Asked> armed_;
  std::optional<Jump> jump_;
  std::optional<Plan> plan_;  ///< what the idle player gets ready for
  const Loop* loaded_ = nullptr;
  Beat origin_;                   ///< where the loop's beat 0 lies
  Beat switched_;                 ///< beat of the last switch
  std::optional<Beat> slipping_;  ///< the origin to come back to
  std::optional<Beat> back_;      ///< from when on
  double position_ = 0;           ///< beats within the loop
  std::uint64_t late_ = 0;
};

}  // namespace entrain
