// The key of a sound.
#pragma once

#include <string>
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
