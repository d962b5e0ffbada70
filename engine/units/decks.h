// The decks: four loops, each locked to the beat, launched on the grid, looping.
#pragma once

#include <array>
#include <optional>

#include "engine/core/context.h"
#include "engine/units/dsp/loop_player.h"

namespace entrain {

class Decks {
 public:
  enum Control : std::uint8_t { play, count };
  static constexpr int instances = kDecks;
  static constexpr Place place = Place::source;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {play, "/deck/#/play", Kind::toggle, 0, 1, 0, Unit::none, Curve::linear, 0, kPrepared | kChat,
       "Launches the deck's loop from its first beat, or stops it; quantise it to the bar."},
      // clang-format on
  }};

  void prepare(int rate);
  void reset();
  void announce(const Announcement& announcement, Controls controls);
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;
  /// Frames a launch must be known beforehand.
  int lead(int rate) const;

 private:
  /// A switch to come: at beat `at` the loop plays whose beat 0 lies at `origin`.
  struct Plan {
    Beat at, origin;
    const Loop* loop = nullptr;
    std::uint64_t epoch = 0;  ///< of a version that holds the loop

    /// The same switch, whichever version it was read from: versions are rebased all the time.
    bool same_as(const Plan& o) const { return at == o.at && origin == o.origin && loop == o.loop; }
  };
  struct Deck {
    std::array<LoopPlayer, 2> players;
    int live = -1;              ///< the player that sounds
    bool on = false;            ///< plays, or will when the beat moves
    std::optional<Announcement> armed;
    std::optional<Plan> plan;   ///< what the idle player gets ready for
    const Loop* loop = nullptr; ///< what is loaded
    Beat origin;                ///< of the last launch
    Beat switched;              ///< beat of the last switch
    double position = 0;        ///< beats within the loop
  };

  void panic(Deck& deck, int index, const Context& context, Controls& controls);
  void stop_with_transport(Deck& deck, const Context& context);
  void follow_document(Deck& deck, int index, const Context& context);
  void stop_when_due(Deck& deck, int index, const Context& context);
  std::optional<Plan> next_plan(const Deck& deck, int index, const Context& context) const;
  Plan refresh(const Deck& deck, const Context& context) const;
  void prepare_switch(Deck& deck, int index, const Context& context);
  void switch_when_due(Deck& deck, int index, const Context& context);
  void silence(Deck& deck, Frame from);

  std::array<Deck, kDecks> decks_;
  int lead_ = 0, run_in_ = 0, crossfade_ = 1, fade_in_ = 1, fade_out_ = 1;  ///< frames
  bool was_rolling_ = false;
  std::uint64_t late_ = 0;
};

}  // namespace entrain
