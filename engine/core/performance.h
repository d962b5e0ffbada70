// The performance: an immutable document of what is loaded and written, made by the stage, read by the engine.
//
// A new version shares every part that did not change. The engine reads versions through plain pointers; the
// stage keeps each alive until no snapshot refers to its epoch any more.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/asset.h"
#include "engine/core/loop.h"
#include "engine/core/pattern.h"
#include "engine/core/time.h"
#include "engine/core/transition.h"

namespace entrain {

inline constexpr int kTracks = 16;
inline constexpr int kScheduleRoom = 16;  ///< versions that may wait at once

/// Interchangeable sounds. Never empty when a track refers to it.
struct Cluster {
  std::string name;
  std::vector<std::shared_ptr<const Asset>> samples;
  /// For each sample all others, the nearest in timbre first: row by row, samples - 1 in each. Empty: unknown.
  std::vector<std::uint16_t> neighbours;

  /// The sample that is `rank`-nearest to `sample`.
  std::uint16_t neighbour(std::size_t sample, std::size_t rank) const {
    return neighbours[sample * (samples.size() - 1) + rank];
  }
};

struct Track {
  std::shared_ptr<const Cluster> cluster;                      ///< null: the track is silent
  std::array<std::shared_ptr<const Pattern>, kSlots> patterns;  ///< null: an empty slot rests
};

/// Where hits fall and how hard, for the sixteenths of one bar: taken from a player, laid over any track.
struct Groove {
  struct Sixteenth {
    float shift = 0;     ///< parts of a sixteenth, -0.5 to 0.5
    float velocity = 1;  ///< factor, 0 to 2
    bool operator==(const Sixteenth&) const = default;
  };
  std::string name;
  std::vector<Sixteenth> sixteenths;  ///< 1 to 64; repeated from each bar's beginning
  bool operator==(const Groove&) const = default;
};
/// Whether a groove keeps to the ranges above.
bool lawful(const Groove& groove);

struct DeckDocument {
  std::shared_ptr<const Loop> loop;  ///< null: the deck is empty
};

struct Performance {
  std::uint64_t epoch = 0;  ///< rises with every version, never reused within a jam
  Meter meter;
  std::array<std::shared_ptr<const Track>, kTracks> tracks;
  std::array<std::shared_ptr<const DeckDocument>, kDecks> decks;
  std::shared_ptr<const Groove> groove;  ///< null: straight
  std::shared_ptr<const Transition> transition;  ///< the next, or the one under way; null: none is planned
};

/// Versions still to come, each at its boundary. A new schedule replaces the old one whole.
struct Schedule {
  struct Entry {
    Beat boundary;
    Grid grid = Grid::now;  ///< now: as soon as it is seen; else `boundary`, or if missed the next such line
    const Performance* performance = nullptr;
  };
  std::uint64_t serial = 0;
  std::int32_t count = 0;
  std::array<Entry, kScheduleRoom> entries;  ///< by boundary
};

}  // namespace entrain
