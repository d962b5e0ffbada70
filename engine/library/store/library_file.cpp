#include "engine/library/store/library_file.h"

#include <optional>
#include <system_error>

#include "engine/library/store/library_rows.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

constexpr auto kVersion = static_cast<std::int64_t>(kSchemaSteps.size());

enum class Kind { ours, fresh, later, foreign };

/// Throws Refused; Refused::damaged() when it is no database at all.
Kind kind_of(sql::Database& db) {
  const auto mark = db.number("PRAGMA application_id"), version = db.number("PRAGMA user_version");
  const auto tables = db.number("SELECT count(*) FROM sqlite_schema");
  if (mark == 0 && version == 0 && tables == 0) return Kind::fresh;
  if (mark != kLibraryMark) return Kind::foreign;
  return version > kVersion ? Kind::later : Kind::ours;
}

void migrate(sql::Database& db) {
  sql::Transaction all(db);
  const auto before = db.number("PRAGMA user_version");
  for (auto version = before; version < kVersion; ++version)
    db.run(std::string(kSchemaSteps[static_cast<std::size_t>(version)]));
  if (before < kValuesSince) put_all_values(db);
  db.run("PRAGMA application_id = " + std::to_string(kLibraryMark));
  db.run("PRAGMA user_version = " + std::to_string(kVersion));
  all.commit();
}

/// Renames the file, and what SQLite keeps beside it, to the first name that is free.
Result<fs::path> move_aside(const fs::path& file) {
  std::error_code error;
  for (int n = 1;; ++n) {
    fs::path aside = file;
    aside += ".aside-" + std::to_string(n);
    if (fs::exists(aside, error)) continue;
    fs::rename(file, aside, error);
    if (error)
      return Error{file.string() + " is no library of Entrain's, and cannot be moved aside (" +
                   error.message() + "); move it yourself."};
    for (const char* beside : {"-wal", "-shm"}) {
      std::error_code ignored;  // most often there is none
      fs::rename(file.string() + beside, aside.string() + beside, ignored);
    }
    return aside;
  }
}

/// The file if it is a library; none, with the reason, if it has to make room.
std::optional<sql::Database> try_open(const fs::path& file, std::string& reason, bool& later) {
  try {
    sql::Database db(file);
    const Kind kind = kind_of(db);
    later = kind == Kind::later;
    if (kind == Kind::foreign) reason = "is another program's database";
    if (kind == Kind::foreign || later) return std::nullopt;
    db.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
    if (kind == Kind::ours && db.text("PRAGMA quick_check('sounds')") != "ok") {
      reason = "is damaged";
      return std::nullopt;
    }
    migrate(db);
    return db;
  } catch (const sql::Refused& refused) {
    if (!refused.damaged()) throw;
    reason = "is damaged, or no database";
    return std::nullopt;
  }
}

}  // namespace

Result<LibraryFile> open_library_file(const fs::path& file) {
  try {
    std::error_code error;
    if (file.has_parent_path()) fs::create_directories(file.parent_path(), error);
    std::string reason, remark;
    bool later = false;
    auto db = try_open(file, reason, later);
    if (later)
      return Error{file.string() +
                   " was written by a later Entrain; start that one, or name another library."};
    if (!db) {
      const auto aside = move_aside(file);
      if (!aside) return aside.error();
      remark = file.string() + " " + reason + ": it is kept as " + aside->filename().string() +
               ", and a new library was begun; `entrain library add` your folders again.";
      db.emplace(file);
      db->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
      migrate(*db);
    }
    return LibraryFile{*std::move(db), std::move(remark)};
  } catch (const sql::Refused& refused) {
    return Error{"The library " + file.string() + " cannot be opened (" + refused.what() +
                 "); check its folder and its rights, or name another."};
  }
}

}  // namespace entrain
