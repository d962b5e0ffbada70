// What a line of text asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/library/find/filter.h"

namespace entrain {

struct AskedWord {
  std::string word;     ///< as words_in() gives it
  bool not_so = false;  ///< "not bright", "-bright": the less the better
  bool operator==(const AskedWord&) const = default;
};

struct Query {
  static constexpr std::size_t kMostText = 1'000;  ///< bytes; the rest is not read
  static constexpr std::size_t kMostWords = 16;    ///< the rest is not looked for

  std::string text;                 ///< what was read
  std::vector<AskedWord> words;     ///< each once, in order
  std::optional<ValueRange> tempo;  ///< BPM, 20 to 999; "120 bpm" is 2 % about it
  std::optional<Key> key;
};

/// Reads "dark heavy bass", "pad not bright", "kick -808", "128-130bpm", "around 120 bpm", "Am", "F# minor",
/// "8A". Tempo needs its unit, a key its mode or its number on the Camelot wheel. Pure; any bytes.
Query parse_query(std::string_view text);

/// "118-126", "120" (from 120 to 120), "118-", "-126"; `least` and `most` bound the numbers.
std::optional<ValueRange> range_in(std::string_view text, double least, double most);

/// The same in BPM, 20 to 999; a lone tempo is looked for within 2 %.
std::optional<ValueRange> tempo_range_in(std::string_view text);

}  // namespace entrain
