// The channel strips of tracks, decks, the bridge and groups: drive, filter, EQ, duck, fader, sends and headphones.
#pragma once

#include <array>

#include "engine/core/context.h"
#include "engine/units/dsp/ducker.h"
#include "engine/units/dsp/fade.h"
#include "engine/units/dsp/low_peak.h"
#include "engine/units/dsp/unmasker.h"
#include "engine/units/strips_rows.h"

namespace entrain {

class TrackStrips {
 public:
  enum Control : std::uint8_t { drive = StripControls::count, count };
  static constexpr int instances = kTracks;
  static constexpr Place place = Place::strip;
  static constexpr std::array<ControlRow, count> rows = StripControls::with<"/track/#">(
      std::array{ControlRow{drive, "/track/#/drive", Kind::continuous, 0, 24, 0, Unit::decibels,
                            Curve::linear, 10, kRecallSafe | kModulatable,
                            "Saturates the track: how far it is pushed into the curve, levelled again."}});

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;

 private:
  std::array<Channel, instances> channels_;
};

class DeckStrips {
 public:
  enum Control : std::uint8_t { side = StripControls::count, duck_depth, duck_attack, duck_release, unmask, count };
  static constexpr int instances = kDecks;
  static constexpr Place place = Place::strip;
  static constexpr std::array<ControlRow, count> rows = StripControls::with<"/deck/#">(std::array{
      // clang-format off
      ControlRow{side,         "/deck/#/side",         Kind::choice,     0,    2,   0, Unit::none,         Curve::linear,       0, kRecallSafe,
                 "The side of the crossfader that the deck is on.", "off|A|B"},
      ControlRow{duck_depth,   "/deck/#/duck/depth",   Kind::continuous, 0,   48,   0, Unit::decibels,     Curve::linear,      10, kRecallSafe | kModulatable,
                 "How far the deck steps back under the kicks of its foundation (/deck/#/under)."},
      ControlRow{duck_attack,  "/deck/#/duck/attack",  Kind::continuous, 0.5, 100,  2, Unit::milliseconds, Curve::exponential, 10, kRecallSafe,
                 "How long the deck takes to step back."},
      ControlRow{duck_release, "/deck/#/duck/release", Kind::continuous, 10, 2000, 180, Unit::milliseconds, Curve::exponential, 10, kRecallSafe,
                 "How long the deck takes to come forward again."},
      ControlRow{unmask,       "/deck/#/unmask",       Kind::continuous, 0,   12,   6, Unit::decibels,     Curve::linear,      10, kRecallSafe | kModulatable,
                 "How far the deck steps back in the bands that its foundation (/deck/#/under) fills."}
      // clang-format on
  });

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;

 private:
  static constexpr std::size_t kNone = instances;
  using Foundations = std::array<std::size_t, instances>;

  /// The crossfader's gain for a deck; a change of side takes 10 ms.
  float side_gain(const Context& context, const Controls& controls, int deck);
  std::array<float, instances> kicks(const Controls& controls, const Foundations& under, Buses& buses);
  void make_room(const Controls& controls, const Foundations& under, const std::array<float, instances>& faders,
                 Buses& buses);

  std::array<Channel, instances> channels_;
  std::array<LowPeak, instances> kicks_;  ///< of the decks that are a foundation
  std::array<Ducker, instances> duckers_;
  std::array<UnmaskBands, instances> bands_;  ///< of the decks that are a foundation
  std::array<Unmasker, instances> unmaskers_;
  struct Side {
    int on = 0;  ///< 0 off, 1 A, 2 B
    float gain = 1, from = 1;
    Fade change;
  };
  std::array<Side, instances> sides_;
};

/// The bridge's: pushed a little into saturation from the start.
class BridgeStrip {
 public:
  enum Control : std::uint8_t { drive = StripControls::count, count };
  static constexpr int instances = 1;
  static constexpr Place place = Place::strip;
  static constexpr std::array<ControlRow, count> rows = StripControls::with<"/bridge">(
      std::array{ControlRow{drive, "/bridge/drive", Kind::continuous, 0, 24, 3, Unit::decibels, Curve::linear,
                            10, kRecallSafe | kModulatable,
                            "Saturates the bridge: how far it is pushed into the curve, levelled again."}});

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);

 private:
  std::array<Channel, instances> channels_;
};

/// Groups in the order of kGroups: 1 drums, 2 loops, 3 tones.
class GroupStrips {
 public:
  enum Control : std::uint8_t {
    duck_by = StripControls::count,
    duck_depth,
    duck_attack,
    duck_release,
    count
  };
  static constexpr int instances = static_cast<int>(kGroups.size());
  static constexpr Place place = Place::group_insert;
  static constexpr std::array<ControlRow, count> rows = StripControls::with<"/group/#">(std::array{
      // clang-format off
      ControlRow{duck_by,      "/group/#/duck/by",      Kind::choice,     0, kTracks, 0, Unit::none,         Curve::linear,      0, kRecallSafe,
                 "The track whose hits make the group step back, heard before its fader; 0 for none."},
      ControlRow{duck_depth,   "/group/#/duck/depth",   Kind::continuous, 0,   48,  12, Unit::decibels,     Curve::linear,      10, kRecallSafe | kModulatable,
                 "How far the group steps back for a hit of -12 dBFS or more."},
      ControlRow{duck_attack,  "/group/#/duck/attack",  Kind::continuous, 0.5, 100,   2, Unit::milliseconds, Curve::exponential, 10, kRecallSafe,
                 "How long the group takes to step back."},
      ControlRow{duck_release, "/group/#/duck/release", Kind::continuous, 10, 2000, 180, Unit::milliseconds, Curve::exponential, 10, kRecallSafe,
                 "How long the group takes to come forward again."}
      // clang-format on
  });

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;

 private:
  std::array<Channel, instances> channels_;
  std::array<Ducker, instances> duckers_;
};

}  // namespace entrain
