// What the name of a file says about its tempo and key.
#pragma once

#include <optional>
#include <string_view>

#include "engine/analysis/key.h"
#include "engine/analysis/tempo.h"

namespace entrain {

struct Hints {
  TempoHint tempo;
  std::optional<Key> key;
};

/// Reads a file's name (without its folders): `120bpm`, `bpm 93.5`, a lone number from 60 to 200 (unsure);
/// `Am`, `F#min`, `Bb major`, `Cmaj`; a letter alone names no key. Pure; any bytes.
Hints hints_in(std::string_view name);

}  // namespace entrain
