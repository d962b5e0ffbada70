#include "engine/library/library.h"

#include <string_view>
#include <type_traits>

#include "engine/library/store/analysis_bytes.h"
#include "engine/library/store/library_file.h"
#include "engine/library/store/library_rows.h"
#include "engine/library/user_folder.h"

namespace entrain {
namespace fs = std::filesystem;
using sql::Refused;
using sql::Statement;
using sql::Transaction;

namespace {

/// Glob patterns are matched with = and a range, so that no byte of a path is special: [folder/, folder0).
constexpr std::string_view kBelow = "(path = ?1 OR (path >= ?1 || '/' AND path < ?1 || '0'))";

}  // namespace

struct Library::Parts {
  fs::path file;
  sql::Database db;
};

template <class Work>
auto Library::attempt(Work work) {
  using Value = std::invoke_result_t<Work>;
  using Answer = std::conditional_t<std::is_void_v<Value>, Result<void>, Result<Value>>;
  try {
    if constexpr (std::is_void_v<Value>) {
      work();
      return Answer();
    } else {
      return Answer(work());
    }
  } catch (const Refused& refused) {
    const char* mend = refused.damaged() ? "it is damaged: start Entrain again, which moves it aside"
                                         : "check the room on its disk and its rights";
    return Answer(
        Error{"The library " + parts_->file.string() + " refused (" + refused.what() + "); " + mend + "."});
  }
}

Library::Library(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Library::Library(Library&&) noexcept = default;
Library& Library::operator=(Library&&) noexcept = default;
Library::~Library() = default;

Result<Library::Opened> Library::open(const fs::path& file) {
  auto opened = open_library_file(file);
  if (!opened) return opened.error();
  return Opened{Library(std::make_unique<Parts>(Parts{file, std::move(opened->db)})),
                std::move(opened->remark)};
}

fs::path Library::default_file() { return user_folder("XDG_DATA_HOME", ".local/share") / "library.db"; }

const fs::path& Library::file() const { return parts_->file; }

// --- folders

Result<std::vector<fs::path>> Library::folders() {
  return attempt([&] {
    std::vector<fs::path> folders;
    for (Statement row(parts_->db, "SELECT path FROM folders ORDER BY path"); row.step();)
      folders.emplace_back(std::string(row.text()));
    return folders;
  });
}

Result<void> Library::add_folder(const fs::path& folder) {
  return attempt(
      [&] { Statement(parts_->db, "INSERT OR IGNORE INTO folders VALUES(?)").bind(folder.native()).done(); });
}

Result<int> Library::remove(const fs::path& path) {
  return attempt([&] {
    Transaction all(parts_->db);
    Statement(parts_->db, "DELETE FROM folders WHERE " + std::string(kBelow)).bind(path.native()).done();
    Statement(parts_->db, "DELETE FROM sounds WHERE " + std::string(kBelow)).bind(path.native()).done();
    const int sounds = parts_->db.changes();
    all.commit();
    return sounds;
  });
}

// --- the ingest's side

Result<std::vector<KnownFile>> Library::known() {
  return attempt([&] {
    std::vector<KnownFile> files;
    Statement row(parts_->db, "SELECT " + std::string(kKnownColumns) + " FROM sounds ORDER BY path");
    while (row.step()) files.push_back(read_known(row));
    return files;
  });
}

Result<void> Library::store(const std::string& path, FileStamp stamp, std::uint64_t hash,
                            const Analysis& analysis) {
  return attempt([&] {
    Transaction all(parts_->db);
    const std::int64_t id = put_file(parts_->db, path, stamp, hash, kAnalysisVersion, {});
    Statement(parts_->db, "INSERT OR REPLACE INTO analyses VALUES(?, ?)")
        .bind(id)
        .bind_bytes(analysis_bytes(analysis))
        .done();
    put_values(parts_->db, id, analysis);
    all.commit();
  });
}

Result<void> Library::store_failure(const std::string& path, FileStamp stamp, const std::string& sentence) {
  return attempt([&] {
    Transaction all(parts_->db);
    const std::int64_t id = put_file(parts_->db, path, stamp, 0, kAnalysisVersion, sentence);
    Statement(parts_->db, "DELETE FROM analyses WHERE id = ?").bind(id).done();
    all.commit();
  });
}

Result<void> Library::settle(std::int64_t id, const std::string& path, FileStamp stamp) {
  return attempt([&] {
    Transaction all(parts_->db);
    Statement(parts_->db, "DELETE FROM sounds WHERE path = ? AND id != ?").bind(path).bind(id).done();
    Statement(parts_->db, "UPDATE sounds SET path = ?, size = ?, modified = ?, missing = 0 WHERE id = ?")
        .bind(path)
        .bind(stamp.size)
        .bind(stamp.modified)
        .bind(id)
        .done();
    all.commit();
  });
}

Result<void> Library::mark_missing(std::span<const std::int64_t> ids) {
  return attempt([&] {
    Transaction all(parts_->db);
    Statement mark(parts_->db, "UPDATE sounds SET missing = 1 WHERE id = ?");
    for (const std::int64_t id : ids) mark.bind(id).done();
    all.commit();
  });
}

// --- the performer's side

Result<std::vector<Card>> Library::cards() {
  return attempt([&] {
    std::vector<Card> cards;
    std::vector<std::int64_t> unsound;
    const auto read = [&] {
      cards.clear(), unsound.clear();
      Statement row(parts_->db, "SELECT " + std::string(kCardColumns) +
                                    " FROM sounds WHERE missing = 0 AND failure = '' ORDER BY path");
      while (row.step()) {
        std::int64_t id = 0;
        auto card = read_card(row, id);
        card ? cards.push_back(*std::move(card)) : unsound.push_back(id);
      }
    };
    read();
    if (unsound.empty()) return cards;
    Transaction all(parts_->db);
    for (const std::int64_t id : unsound) renew_values(parts_->db, id);
    all.commit();
    read();
    return cards;
  });
}

Result<std::optional<SoundEntry>> Library::find(const std::string& path) {
  return attempt([&] {
    std::optional<SoundEntry> found;
    Statement row(parts_->db, "SELECT " + std::string(kKnownColumns) + " FROM sounds WHERE path = ?");
    if (!row.bind(path).step()) return found;
    SoundEntry& entry = found.emplace();
    entry.file = read_known(row);
    entry.corrections = corrections_of(parts_->db, entry.file.id);
    if (auto analysis = measured(parts_->db, entry.file.id))
      entry.analysis = corrected(*std::move(analysis), entry.corrections);
    return found;
  });
}

namespace {

Error not_known(const std::string& path) {
  return {path + " is not in the library; `entrain library add` its folder first."};
}

}  // namespace

template <class Change>
Result<void> Library::recorrect(const std::string& path, Change change) {
  bool known = true;
  auto done = attempt([&] {
    Transaction all(parts_->db);
    const auto id = id_of(parts_->db, path);
    known = id.has_value();
    if (!id) return;
    change(*id);
    if (const auto before = measured(parts_->db, *id)) put_values(parts_->db, *id, *before);
    all.commit();
  });
  if (!known) return not_known(path);
  return done;
}

Result<void> Library::correct(const std::string& path, const Correction& correction) {
  return recorrect(path, [&](std::int64_t id) {
    Statement put(parts_->db, "INSERT OR REPLACE INTO corrections VALUES(?, ?, ?)");
    put.bind(id).bind(correction.field).bind(correction.value).done();
  });
}

Result<void> Library::uncorrect(const std::string& path, const std::string& field) {
  return recorrect(path, [&](std::int64_t id) {
    Statement drop(parts_->db, "DELETE FROM corrections WHERE id = ?1 AND (?2 = '' OR field = ?2)");
    drop.bind(id).bind(field).done();
  });
}

Result<std::int64_t> Library::generation() {
  return attempt([&] {
    return parts_->db.number("PRAGMA data_version") * (std::int64_t{1} << 32) +
           parts_->db.number("SELECT total_changes()");
  });
}

// --- the atlas

Result<std::vector<AtlasPlace>> Library::places() {
  return attempt([&] {
    std::vector<AtlasPlace> places;
    for (Statement row(parts_->db, "SELECT id, x, y FROM places ORDER BY id"); row.step();) {
      AtlasPlace place;
      place.id = row.integer();
      place.x = static_cast<float>(row.real());
      place.y = static_cast<float>(row.real());
      places.push_back(place);
    }
    return places;
  });
}

Result<void> Library::put_places(std::span<const AtlasPlace> places) {
  return attempt([&] {
    Transaction all(parts_->db);
    parts_->db.run("DELETE FROM places");
    Statement put(parts_->db, "INSERT INTO places SELECT id, ?2, ?3 FROM sounds WHERE id = ?1");
    for (const AtlasPlace& place : places)
      put.bind(place.id).bind(static_cast<double>(place.x)).bind(static_cast<double>(place.y)).done();
    all.commit();
  });
}

Result<std::string> Library::note(const std::string& name) {
  return attempt([&] {
    Statement row(parts_->db, "SELECT bytes FROM notes WHERE name = ?");
    return row.bind(name).step() ? std::string(row.bytes()) : std::string();
  });
}

Result<void> Library::put_note(const std::string& name, const std::string& bytes) {
  return attempt([&] {
    Statement(parts_->db, "INSERT OR REPLACE INTO notes VALUES(?, ?)").bind(name).bind_bytes(bytes).done();
  });
}

}  // namespace entrain
