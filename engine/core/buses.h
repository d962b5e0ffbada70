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
  source,         ///< writes track, deck and voices buses
  group_insert,   ///< works on drums, loops, tones, in place
  send,           ///< writes delay and reverb from the groups' send taps
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
inline constexpr std::array<BusRow, 10> kBusTable{{
    {Bus::track, 16, "track", Bus::drums, Place::group_insert},
    {Bus::deck, 4, "deck", Bus::loops, Place::group_insert},
    {Bus::voices, 1, "voices", Bus::tones, Place::group_insert},
    {Bus::drums, 1, "drums", Bus::master, Place::master_insert},
    {Bus::loops, 1, "loops", Bus::master, Place::master_insert},
    {Bus::tones, 1, "tones", Bus::master, Place::master_insert},
    {Bus::delay, 1, "delay", Bus::master, Place::master_insert},
    {Bus::reverb, 1, "reverb", Bus::master, Place::master_insert},
    {Bus::master, 1, "master", Bus::master, Place::master},
    {Bus::cue, 1, "cue", Bus::cue, Place::master},
}};

/// The groups, which are also the stems of an offline render. Taps lie after group inserts, before the master.
inline constexpr std::array<Bus, 3> kStems{Bus::drums, Bus::loops, Bus::tones};

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

 private:
  static constexpr std::size_t index(Bus bus, int instance) {
    return static_cast<std::size_t>(bus) + static_cast<std::size_t>(instance);
  }
  alignas(64) float samples_[kCount][2][kQuantum] = {};
  std::array<bool, kCount> live_{};
};

}  // namespace entrain
