// The set file: what one performs, as TOML that a person can read and write.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/performance.h"
#include "engine/core/result.h"

namespace entrain {

/// A set as written: names and paths, nothing loaded yet.
struct SetFile {
  static constexpr int kVersion = 1;

  struct Place {
    std::string where;     ///< "demo.toml:12", for sentences
    bool missing = false;  ///< it could not be loaded
    bool operator==(const Place&) const { return true; }  ///< where a thing stands is no part of what it says
  };
  struct ClusterText {
    std::string name;
    std::vector<std::string> samples;
    Place place;
    bool operator==(const ClusterText&) const = default;
  };
  struct TrackText {
    std::string cluster;  ///< empty: none
    std::array<std::optional<Pattern>, kSlots> patterns;
    Place place;
    bool operator==(const TrackText&) const = default;
  };
  struct DeckText {
    std::string loop;
    std::optional<double> beats;
    // A loop that is not the whole file at one tempo, as the library found it or a person mended it.
    std::vector<std::pair<double, double>> grid;  ///< beats and seconds in the file, both rising; empty: none
    double one = 0;    ///< beats of the grid before beat 0
    double gain = 0;   ///< dB
    std::map<int, double> markers;  ///< 1 to kMarkers: beats
    std::vector<double> onsets, kicks;  ///< beats, rising: what groove lock moves, and moves it to
    bool play = false;
    Place place;
    bool operator==(const DeckText&) const = default;
  };
  /// What a set and each of its scenes hold.
  struct Parts {
    std::array<std::optional<TrackText>, kTracks> tracks;
    std::array<std::optional<DeckText>, kDecks> decks;
    std::optional<Groove> groove;  ///< none: straight
    std::vector<std::pair<std::string, double>> controls;  ///< address and value, both checked; by address
    bool operator==(const Parts&) const = default;
  };
  struct SceneText {
    std::string name;
    bool partial = false;  ///< what is not named stays as it is; else it is empty, or stands at its initial value
    Parts parts;
    Place place;
    bool operator==(const SceneText&) const = default;
  };

  std::filesystem::path path;
  std::string name;
  bool autoplay = false;
  double fade_in = 0;                         ///< seconds, when it plays by itself
  Meter meter;
  std::vector<std::filesystem::path> folders; ///< where samples are looked for: the set's own folder is the last
  std::vector<ClusterText> clusters;          ///< by name
  Parts parts;
  std::vector<std::string> exempt;            ///< addresses of controls that no scene moves, in order
  std::vector<SceneText> scenes;              ///< in their order; no two of one name

  std::uint64_t text_hash = 0;                ///< of the text it was read from; 0: none. No part of what it says

  bool operator==(const SetFile& other) const;
};

inline constexpr std::size_t kMaxScenes = 256;
inline constexpr std::size_t kMaxSetFile = std::size_t{16} << 20;  ///< bytes

std::uint64_t text_hash(std::string_view text);
/// Reads a set. The Error names the file, the line and the mend: syntax, unknown key, wrong type, value out of
/// range, unknown control or cluster, a set of a newer version.
Result<SetFile> read_set(const std::filesystem::path& path);
/// The same from text; `path` is for sentences and relative folders.
Result<SetFile> parse_set(std::string_view text, const std::filesystem::path& path);

}  // namespace entrain
