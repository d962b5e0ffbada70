// The library's rows, read and written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/library/library.h"
#include "engine/library/store/sql.h"

namespace entrain {

// All of these throw sql::Refused.

inline constexpr std::string_view kKnownColumns = "id, path, size, modified, hash, version, missing, failure";
KnownFile read_known(sql::Statement& row);

inline constexpr std::string_view kCardColumns =
    "id, path, seconds, bpm, bpm_confidence, beats, beats_confidence, downbeat_confidence, root, minor, "
    "key_confidence, lufs, energy, onsets_per_second, class, fingerprint, descriptors, "
    "span_in, span_out, span_beats";
/// None when it holds what no analysis gives; `id` is told in any case.
std::optional<Card> read_card(sql::Statement& row, std::int64_t& id);

std::optional<std::int64_t> id_of(sql::Database& db, const std::string& path);
std::vector<Correction> corrections_of(sql::Database& db, std::int64_t id);
/// As it was analysed, without corrections; none after a failure, or when its bytes are damaged.
std::optional<Analysis> measured(sql::Database& db, std::int64_t id);

/// Writes a file's row, new or over the one of that path; its id. The file is not missing.
std::int64_t put_file(sql::Database& db, const std::string& path, FileStamp stamp, std::uint64_t hash,
                      int version, const std::string& failure);
/// Writes the columns that queries see, corrections applied.
void put_values(sql::Database& db, std::int64_t id, const Analysis& measured);
/// For a row whose columns hold what no analysis gives: from its analysis, or where that is damaged too, marked to
/// be analysed anew by the next scan.
void renew_values(sql::Database& db, std::int64_t id);
/// The same for every sound whose analysis can be read; the others stay as they are.
void put_all_values(sql::Database& db);

}  // namespace entrain
