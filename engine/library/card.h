// What the library knows of a sound, as search, likeness, flow and atlas look at it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/analysis/descriptors.h"
#include "engine/analysis/fingerprint.h"
#include "engine/analysis/hit_class.h"
#include "engine/analysis/key.h"
#include "engine/library/loop_span.h"

namespace entrain {

/// A key of less confidence says nothing.
inline constexpr float kSureKey = 0.5f;

struct Card {
  std::int64_t id = 0;  ///< the library's
  std::string path;     ///< absolute; bytes
  double seconds = 0;
  double bpm = 0;            ///< 0: none
  float bpm_confidence = 0;  ///< 0 to 1; 1 where a person said so
  float beats_confidence = 0, downbeat_confidence = 0;
  int beats = 0;  ///< how many fill it, if it is cut to whole beats; else 0
  LoopSpan span;  ///< what repeats when it plays as a loop, in bars of four
  std::optional<Key> key;
  float key_confidence = 0;
  float energy = 0;  ///< 0 to 10
  float onsets_per_second = 0;
  float lufs = 0;               ///< integrated; -70 for silence
  std::optional<HitClass> hit;  ///< one-shots only
  Fingerprint fingerprint{};
  Descriptors descriptors{};
};

}  // namespace entrain
