// The key of a sound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/chroma.h"

namespace entrain {

struct Key {
  int root = 0;  ///< 0 to 11, C = 0
  bool minor = false;

  bool operator==(const Key&) const = default;
};

std::string key_name(Key key);  ///< "F# minor"; sharps only
std::string camelot(Key key);   ///< "11A": the wheel of fifths in numbers, A minor, B major

/// The pitch class that a word begins with, in either case, and takes it away: "F#min" is 6 and leaves "min".
std::optional<int> take_note(std::string_view& word);
/// Whether a mode is minor: "m", "min", "minor"; "maj", "major".
std::optional<bool> is_minor(std::string_view mode);
/// A key as a person writes it: "Am", "F# minor", "bb", "C", "8A"; a letter alone is major.
std::optional<Key> key_from(std::string_view text);

struct KeyGuess {
  Key key;
  float confidence = 0;  ///< 0 to 1
};

struct KeyReading {
  bool has_key = false;          ///< percussion and noise have none
  KeyGuess best;                 ///< where there is one
  std::vector<KeyGuess> others;  ///< the likeliest first; at most 3
  double cents = 0;              ///< tuning above A = 440 Hz, -50 to 50
};

/// Compares the pitch classes of the whole and of its bass with key profiles.
/// `hint`: a key somebody wrote down, such as in the file's name, or nullptr: strong evidence, not the last
/// word, and none where there is no key. Pure; finite for any input. Any thread.
KeyReading find_key(const Chroma& chroma, const Key* hint = nullptr);

}  // namespace entrain
