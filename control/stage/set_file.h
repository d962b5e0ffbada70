// The set file: what one performs, as TOML that a person can read and write.
#pragma once

#include <array>
#include <filesystem>
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
    std::string where;  ///< "demo.toml:12", for sentences
  };
  struct ClusterText {
    std::string name;
    std::vector<std::string> samples;
    Place place;
  };
  struct TrackText {
    std::string cluster;  ///< empty: none
    std::array<std::optional<Pattern>, kSlots> patterns;
    Place place;
  };
  struct DeckText {
    std::string loop;
    std::optional<double> beats;
    bool play = false;
    Place place;
  };

  std::filesystem::path path;
  std::string name;
  bool autoplay = false;
  double fade_in = 0;                         ///< seconds, when it plays by itself
  Meter meter;
  std::vector<std::filesystem::path> folders; ///< where samples are looked for: the set's own folder is the last
  std::vector<ClusterText> clusters;          ///< by name
  std::array<std::optional<TrackText>, kTracks> tracks;
  std::array<std::optional<DeckText>, kDecks> decks;
  std::vector<std::pair<std::string, double>> controls;  ///< address and value, both checked
};

/// Reads a set. The Error names the file, the line and the mend: syntax, unknown key, wrong type, value out of
/// range, unknown control or cluster, a set of a newer version.
Result<SetFile> read_set(const std::filesystem::path& path);
/// The same from text; `path` is for sentences and relative folders.
Result<SetFile> parse_set(std::string_view text, const std::filesystem::path& path);

}  // namespace entrain
