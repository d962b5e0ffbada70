// What an analysis says, for people, for programs and for tables.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/analysis/analysis.h"

namespace entrain {

/// One line: `kick.wav  120.00 BPM (93 %), 16 beats from 0.000 s; A minor 8A (80 %), tuned +3 cents; 37
/// onsets, 8 kicks; -12.3 LUFS (-5.7 dB to -18), range 2.1 LU, peak -0.4 dBTP; energy 6.2; 8.00 s`.
std::string analysis_line(const std::string& name, const Analysis& analysis);

/// Every value but the pictures, with its unit in its name; fingerprint and descriptors by the names of their
/// columns. What a sound does not have is null.
nlohmann::ordered_json analysis_json(const std::string& name, const Analysis& analysis);

/// The table's first line, and a row of it, without line ends: values, bands of peaks, the fingerprint's
/// columns that are in use. What a sound does not have is empty. Fields with commas, quotes or line ends are
/// quoted (RFC 4180). `onsets_file` is where the onsets stand, seconds, one a line. New columns come last.
std::string analysis_csv_head();
std::string analysis_csv_row(const std::string& path, const Analysis& analysis,
                             const std::string& onsets_file);

/// The same of a table with a sound's descriptors: path, and a column for each, by its name.
std::string descriptors_csv_head();
std::string descriptors_csv_row(const std::string& path, const Descriptors& descriptors);

}  // namespace entrain
