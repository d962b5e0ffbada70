// What an analysis says, for people, for programs and for tables.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/analysis/analysis.h"

namespace entrain {

/// One line: `kick.wav  120.00 BPM (93 %), 16 beats from 0.000 s; A minor 8A (80 %); 37 onsets, 8 kicks`.
std::string analysis_line(const std::string& name, const Analysis& analysis);

/// Every value, with its unit in its name. What a sound does not have is null.
nlohmann::ordered_json analysis_json(const std::string& name, const Analysis& analysis);

/// The table's first line, and a row of it, without line ends. Fields with commas, quotes or line ends are
/// quoted (RFC 4180). `onsets_file` is where the onsets stand, seconds, one a line.
std::string analysis_csv_head();
std::string analysis_csv_row(const std::string& path, const Analysis& analysis,
                             const std::string& onsets_file);

}  // namespace entrain
