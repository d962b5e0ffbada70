// Every tempo a sound might have, and what speaks for each.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/analysis/novelty.h"
#include "engine/analysis/onsets.h"

namespace entrain {

inline constexpr double kSlowest = 50, kFastest = 210;  ///< beats a minute
inline constexpr std::size_t kTempoEvidence = 32;

struct TempoCandidate {
  double period = 0;  ///< seconds a beat
  int beats = 0;      ///< how many fill the sound, if that is a whole number of them; else 0
  std::array<double, kTempoEvidence> evidence{};
};

/// Candidates come from the novelty's periods and from the sound's duration, which in a loop holds a whole
/// number of beats; a `hint` in BPM is one more, at its very tempo. Pure; any thread.
std::vector<TempoCandidate> tempo_candidates(const Novelty& novelty, std::span<const Onset> onsets,
                                             double seconds, double hint = 0);

}  // namespace entrain
