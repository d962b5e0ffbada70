// An analysis as bytes: how a worker hands it over, and how the library keeps it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/analysis/analysis.h"

namespace entrain {

/// Grows whenever analyse() comes to give other values, or the bytes another order: what was stored under a
/// lower one is analysed again.
inline constexpr int kAnalysisVersion = 6;

/// Little-endian, with kAnalysisVersion before and a Hash64 behind. Pictures are kept in steps of 1/255
/// (thumbnail) and 1/127 (overview, clipped to full scale).
std::string analysis_bytes(const Analysis& analysis);

/// None when the bytes are of another version, damaged, or hold a value that no analysis gives: what comes
/// back is finite, in range and in order, whatever came in. Pure; any thread.
std::optional<Analysis> analysis_from(std::string_view bytes);

}  // namespace entrain
