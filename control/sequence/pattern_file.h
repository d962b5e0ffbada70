// The pattern file: one line of steps for each track, and the list of their volumes last.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/pattern.h"
#include "engine/core/result.h"

namespace entrain {

struct PatternFile {
  struct Line {
    Pattern pattern;
    std::string steps;     ///< as written, without blanks
    std::string modifier;  ///< as written, without blanks: "/3"; empty: none
    double volume = 1;     ///< a factor
  };
  std::vector<Line> tracks;  ///< never empty
};

inline constexpr double kMaxVolume = 1000;
inline constexpr std::size_t kMaxPatternFile = std::size_t{1} << 20;  ///< bytes

/// Steps of 0 and 1, then *N, /N or several (*2/3); blanks and what follows a `;` mean nothing, nor do empty
/// lines. Then "[1.0, 0.8]", as many volumes as tracks. The Error names the file, the line and the mend.
/// `name` is for sentences.
Result<PatternFile> parse_pattern_file(std::string_view text, const std::string& name);
Result<PatternFile> read_pattern_file(const std::filesystem::path& path);

/// The file as text; its parse is the same but for the volumes, which have four digits.
std::string pattern_file_text(const std::vector<PatternFile::Line>& tracks);
/// A line of a live pattern: its steps as hits and rests, and its speed. `lost` counts the hits of which more
/// was known (velocity, chance, ratchet, shift, sample, accent). Without steps it is a single rest.
PatternFile::Line line_of(const Pattern& pattern, double volume, int& lost);

}  // namespace entrain
