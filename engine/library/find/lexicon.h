// What words for sounds mean before anybody's files are looked at.
#pragma once

#include <span>
#include <string_view>

#include "engine/library/find/traits.h"

namespace entrain {

struct Meaning {
  Trait trait;
  float weight;  ///< per deviation from the library's median; below 0: the less of it
};

struct LexiconEntry {
  std::string_view word;        ///< as words_in() gives it
  std::string_view more;        ///< "darker"; empty: the word names a thing
  std::array<Meaning, 6> room;  ///< the first `count` of them count
  std::size_t count;

  std::span<const Meaning> meanings() const { return {room.data(), count}; }
};

/// nullptr: the lexicon does not know it. Opposites are entries of their own (dark, bright).
const LexiconEntry* lexicon_entry(std::string_view word);

std::span<const LexiconEntry> lexicon();

}  // namespace entrain
