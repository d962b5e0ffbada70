// The library's file: its schema, and how it is opened.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/result.h"
#include "engine/library/store/sql.h"

namespace entrain {

/// Marks the file as ours (PRAGMA application_id): "EnTr".
inline constexpr int kLibraryMark = 0x456E5472;

/// Step n brings a file of schema version n to n + 1 (PRAGMA user_version); steps are only ever added.
inline constexpr std::array<std::string_view, 3> kSchemaSteps{
    // What is known of files. Columns beside `analysis` repeat its values, corrections applied, for queries.
    R"(CREATE TABLE folders(path TEXT PRIMARY KEY) WITHOUT ROWID;
       CREATE TABLE sounds(
         id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,
         size INTEGER NOT NULL, modified INTEGER NOT NULL, hash INTEGER NOT NULL,
         version INTEGER NOT NULL, missing INTEGER NOT NULL DEFAULT 0, failure TEXT NOT NULL DEFAULT '',
         seconds REAL, bpm REAL, bpm_confidence REAL, beats INTEGER, beats_confidence REAL,
         downbeat_confidence REAL, root INTEGER, minor INTEGER, key_confidence REAL, lufs REAL, energy REAL,
         onsets_per_second REAL, class INTEGER, fingerprint BLOB, descriptors BLOB);
       CREATE TABLE analyses(
         id INTEGER PRIMARY KEY REFERENCES sounds(id) ON DELETE CASCADE, bytes BLOB NOT NULL);
       CREATE TABLE corrections(
         id INTEGER NOT NULL REFERENCES sounds(id) ON DELETE CASCADE, field TEXT NOT NULL, value TEXT NOT NULL,
         PRIMARY KEY(id, field)) WITHOUT ROWID;)",
    // The atlas, and maps kept whole.
    R"(CREATE TABLE places(
         id INTEGER PRIMARY KEY REFERENCES sounds(id) ON DELETE CASCADE, x REAL NOT NULL, y REAL NOT NULL);
       CREATE TABLE notes(name TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;)",
    // What repeats when a sound plays as a loop; filled from the analyses, see migrate().
    R"(ALTER TABLE sounds ADD COLUMN span_in REAL;
       ALTER TABLE sounds ADD COLUMN span_out REAL;
       ALTER TABLE sounds ADD COLUMN span_beats INTEGER;)",
};
/// A file older than this has values that were not taken from its analyses yet.
inline constexpr std::int64_t kValuesSince = 3;

struct LibraryFile {
  sql::Database db;
  std::string remark;  ///< what had to be moved aside, or empty
};

/// See Library::open().
Result<LibraryFile> open_library_file(const std::filesystem::path& file);

}  // namespace entrain
