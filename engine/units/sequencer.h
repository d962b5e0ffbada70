// The sequencer: sixteen tracks, each with a pattern that plays; every hit draws a sample of its track's cluster.
#pragma once

#include <array>

#include "engine/core/context.h"
#include "engine/core/drawer.h"

namespace entrain {

class Sequencer {
 public:
  enum Control : std::uint8_t { on, hit, slot, swing, groove, humanise, accent, draw, memory, hold, reroll, erase, count };
  static constexpr int instances = kTracks;
  static constexpr Place place = Place::sequence;
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {on,       "/track/#/on",       Kind::toggle,      0,  1,  1, Unit::none,     Curve::linear, 0, kRecallSafe | kChat,
       "Lets the track's pattern trigger its hits; quantise it to bring a track in on the bar."},
      {hit,      "/track/#/hit",      Kind::trigger,     0,  1,  1, Unit::none,     Curve::linear, 0, kChat,
       "Plays one sample of the track's cluster by hand; the value is its velocity."},
      {slot,     "/track/#/slot",     Kind::choice,      1,  kSlots, 1, Unit::none, Curve::linear, 0, kRecallSafe | kChat,
       "The pattern that plays; on a grid line it begins at its first step, at once it goes on where it is.",
       "A|B|C|D|E|F|G|H"},
      {swing,    "/track/#/swing",    Kind::continuous, 50, 75, 50, Unit::percent,  Curve::linear, 0, kRecallSafe | kChat,
       "Where every second step falls between its neighbours: 50 is straight, 67 a triplet."},
      {groove,   "/track/#/groove",   Kind::continuous,  0,  1,  1, Unit::none,     Curve::linear, 0, kRecallSafe,
       "How far the track follows the set's groove template."},
      {humanise, "/track/#/humanise", Kind::continuous,  0,  1,  0, Unit::none,     Curve::linear, 0, kRecallSafe | kChat,
       "Strays from the grid and from even velocity, at most an eighth of a step and a quarter of the level."},
      {accent,   "/track/#/accent",   Kind::continuous,  0, 12,  4, Unit::decibels, Curve::linear, 0, kRecallSafe,
       "How much louder accented steps are."},
      {draw,     "/track/#/draw",     Kind::choice,      0,  4,  0, Unit::none,     Curve::linear, 0, kRecallSafe | kChat,
       "How a hit draws its sample; nearest and farthest go by timbre from the last one, now and then aside.", "random|no-repeat|round-robin|nearest|farthest"},
      {memory,   "/track/#/memory",   Kind::choice,      1, 16,  1, Unit::none,     Curve::linear, 0, kRecallSafe,
       "Samples that no-repeat, nearest and farthest do not draw again: the last 1 to 16."},
      {hold,     "/track/#/hold",     Kind::toggle,      0,  1,  0, Unit::none,     Curve::linear, 0, kRecallSafe | kChat,
       "Every step repeats the sample it drew last."},
      {reroll,   "/track/#/reroll",   Kind::trigger,     0,  1,  1, Unit::none,     Curve::linear, 0, kChat,
       "Forgets what the steps drew, so that the next round draws anew, even while it holds."},
      {erase,    "/track/#/erase",    Kind::toggle,      0,  1,  0, Unit::none,     Curve::linear, 0, kPlain,
       "While held, takes every hit that comes out of the pattern that plays."},
      // clang-format on
  }};

  void prepare(int) { reset(); }
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;

 private:
  /// Hits still to come of a step that plays several.
  struct Ratchet {
    Beat next, gap;
    int left = 0;
    int sample = 0;
    float velocity = 0;
    std::int64_t step = 0;
  };
  struct Walk {
    bool on = true;
    int slot = 0;
    Beat origin;               ///< where the pattern's step 0 lies
    std::int64_t passed = -1;  ///< the last step that is over
    std::int32_t speed_num = 1, speed_den = 1;  ///< of the pattern it counts the steps of
    std::int16_t position = 0;                  ///< of that step
    Ratchet ratchet;
    Drawer drawer;
  };
  /// A stretch of one quantum under one version.
  struct Stretch {
    Beat from, until;
    const Performance* performance;
  };

  void play(const Context& context, Controls controls, int track);
  void obey(const Applied& event, Controls controls, int track);
  void walk(const Context& context, Controls controls, int track, Stretch stretch);
  void step(const Context& context, Controls controls, int track, const Stretch& stretch, const Pattern& pattern,
            std::int64_t k, Beat at);
  void ratchet(const Context& context, int track, const Performance& performance, Beat until);
  Beat placed(const Context& context, Controls controls, int track, const Performance& performance,
              const Pattern& pattern, std::int64_t k) const;
  void play_by_hand(const Context& context, Controls controls);
  void strike(const Context& context, const Performance& performance, int track, int offset, Report report);
  void launch(Walk& walk, int next, Beat at);

  std::array<Walk, kTracks> walks_;
  bool running_ = false;
  std::int64_t hand_hits_ = 0;  ///< counts hits by hand, so that each draws anew
};

}  // namespace entrain
