// The bus table: every place a signal can be, what it feeds, and the order in which it is rendered.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/core/time.h"

namespace entrain {

enum class Bus : std::uint8_t {
  track = 0,  ///< 16 of them
  deck = 16,  ///< 4 of them
  voices = 20,
  bridge,
  drums,
  loops,
  tones,
  delay,
  reverb,
  master,
  cue,
  count
};

/// Where in the quantum a unit works. Between the places the engine sums buses into what they feed.
enum class Place : std::uint8_t {
  sequence,       ///< decides what sounds; writes triggers
  source,         ///< writes track, deck, voices and bridge buses
  strip,          ///< works on track, deck and bridge buses, in place; feeds the taps
  group_insert,   ///< works on drums, loops, tones, in place; feeds the taps
  send,           ///< turns what was sent to delay and reverb into their returns, in place
  master_insert,  ///< works on master, in place
  master,         ///< limits, meters, writes the outputs
};

struct BusRow {
  Bus first;
  int instances;
  std::string_view name;
  Bus feeds;         ///< itself: the end of a path
  Place summed_at;   ///< summed into `feeds` just before the units of this place work
};

/// Latency: no bus delays its signal; the one delay in the graph is the limiter's look-ahead at the very end,
/// which the cue bus shares so that headphones and room agree.
inline constexpr std::array<BusRow, 11> kBusTable{{
    {Bus::track, 16, "track", Bus::drums, Place::group_insert},
    {Bus::deck, 4, "deck", Bus::loops, Place::group_insert},
    {Bus::voices, 1, "voices", Bus::tones, Place::group_insert},
    {Bus::bridge, 1, "bridge", Bus::tones, Place::group_insert},
    {Bus::drums, 1, "drums", Bus::master, Place::master_insert},
    {Bus::loops, 1, "loops", Bus::master, Place::master_insert},
    {Bus::tones, 1, "tones", Bus::master, Place::master_insert},
    {Bus::delay, 1, "delay", Bus::master, Place::master_insert},
    {Bus::reverb, 1, "reverb", Bus::master, Place::master_insert},
    {Bus::master, 1, "master", Bus::master, Place::master},
    {Bus::cue, 1, "cue", Bus::cue, Place::master},
}};

/// Where a strip lets its signal out on the way: before its fader (after drive, filter and EQ) or after it
/// (gain, pan, mute, solo). The buses tapped into are read at Place::send and later, so that every strip is heard.
struct Tap {
  Bus into;
  bool after_fader;
};
inline constexpr Tap kCueTap{Bus::cue, false};
inline constexpr std::array<Tap, 2> kSends{{{Bus::delay, true}, {Bus::reverb, true}}};

inline constexpr std::array<Bus, 3> kGroups{Bus::drums, Bus::loops, Bus::tones};
/// The stems of an offline render: all that is summed into the master, after group inserts and returns.
inline constexpr std::array<Bus, 5> kStems{Bus::drums, Bus::loops, Bus::tones, Bus::delay, Bus::reverb};

constexpr std::string_view name_of(Bus bus) {
  std::string_view name;
  for (const BusRow& row : kBusTable)
    if (bus >= row.first) name = row.name;
  return name;
}

/// One quantum of stereo signal on every bus. Audio thread only.
class Buses {
 public:
  static constexpr int kCount = static_cast<int>(Bus::count);

  float* left(Bus bus, int instance = 0) { return samples_[index(bus, instance)][0]; }
  float* right(Bus bus, int instance = 0) { return samples_[index(bus, instance)][1]; }
  /// A bus is live when something has been written to it this quantum; others are skipped.
  bool live(Bus bus, int instance = 0) const { return live_[index(bus, instance)]; }
  void mark(Bus bus, int instance = 0) { live_[index(bus, instance)] = true; }
  void clear();
  /// As fresh: clear(), and nothing soloed or measured.
  void reset();

  /// Solo goes across strips of every kind: a bit per bus whose strip asks for it. Kept from quantum to quantum,
  /// so a strip hears of a later one's solo a quantum (0.7 ms) after.
  std::uint32_t soloed() const { return soloed_; }
  void solo(Bus bus, int instance, bool on);
  static constexpr std::uint32_t bit(Bus bus, int instance = 0) { return 1u << index(bus, instance); }

  /// The highest magnitude of a strip's signal before its fader in this quantum: what side-chains listen to.
  float level(Bus bus, int instance) const { return levels_[index(bus, instance)]; }
  void set_level(Bus bus, int instance, float peak) { levels_[index(bus, instance)] = peak; }

 private:
  static constexpr std::size_t index(Bus bus, int instance) {
    return static_cast<std::size_t>(bus) + static_cast<std::size_t>(instance);
  }
  alignas(64) float samples_[kCount][2][kQuantum] = {};
  std::array<bool, kCount> live_{};
  std::array<float, kCount> levels_{};
  std::uint32_t soloed_ = 0;
};
static_assert(Buses::kCount <= 32);

}  // namespace entrain
