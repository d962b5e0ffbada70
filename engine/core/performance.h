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

#include "engine/core/pattern.h"
#include "engine/core/time.h"

namespace entrain {

inline constexpr int kTracks = 16;
inline constexpr int kDecks = 4;
inline constexpr int kScheduleRoom = 16;  ///< versions that may wait at once

/// Prepared sound: resident, pre-faulted, at engine rate. `right` is empty for mono.
struct Asset {
  std::string path;
  std::uint64_t file_hash = 0, pcm_hash = 0;
  std::vector<float> left, right;
  std::int64_t onset = 0;  ///< where a hit begins: the frame at which its pre-roll ends

  std::int64_t frames() const { return static_cast<std::int64_t>(left.size()); }
  const float* left_data() const { return left.data(); }
  const float* right_data() const { return right.empty() ? left.data() : right.data(); }
};

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

/// Piecewise linear from beats to source frames. Two points make a loop of one tempo.
struct WarpPoint {
  Beat beat;
  double source = 0;
};

struct Loop {
  std::shared_ptr<const Asset> asset;
  std::vector<WarpPoint> warp;  ///< at least two, both columns strictly rising, first at Beat(0)

  Beat length() const { return warp.back().beat; }
  double source_length() const { return warp.back().source - warp.front().source; }
  /// Source frame at a position in beats, unrolled over repeats of the loop.
  double source_at(double beats) const;
};

struct DeckDocument {
  std::shared_ptr<const Loop> loop;  ///< null: the deck is empty
};

struct Performance {
  std::uint64_t epoch = 0;  ///< rises with every version, never reused within a jam
  Meter meter;
  std::array<std::shared_ptr<const Track>, kTracks> tracks;
  std::array<std::shared_ptr<const DeckDocument>, kDecks> decks;
  std::shared_ptr<const Groove> groove;  ///< null: straight
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
