#include "engine/library/store/library_rows.h"

#include <cstring>

#include "engine/library/analysed_card.h"
#include "engine/library/store/analysis_bytes.h"

namespace entrain {
using sql::Database;
using sql::Statement;

namespace {

template <std::size_t N>
std::string_view bytes_of(const std::array<float, N>& values) {
  return {reinterpret_cast<const char*>(values.data()), sizeof values};
}

/// Whether the bytes were as many as there should be.
template <std::size_t N>
bool read_into(std::array<float, N>& values, std::string_view bytes) {
  if (bytes.size() != sizeof values) return false;
  std::memcpy(values.data(), bytes.data(), sizeof values);
  return true;
}

}  // namespace

KnownFile read_known(Statement& row) {
  KnownFile file;
  file.id = row.integer();
  file.path = row.text();
  file.stamp.size = row.integer();
  file.stamp.modified = row.integer();
  file.hash = static_cast<std::uint64_t>(row.integer());
  file.version = static_cast<int>(row.integer());
  file.missing = row.integer() != 0;
  file.failure = row.text();
  return file;
}

std::optional<Card> read_card(Statement& row, std::int64_t& id) {
  Card card;
  card.id = id = row.integer();
  card.path = row.text();
  card.seconds = row.real();
  card.bpm = row.real();
  card.bpm_confidence = static_cast<float>(row.real());
  card.beats = static_cast<int>(row.integer());
  card.beats_confidence = static_cast<float>(row.real());
  card.downbeat_confidence = static_cast<float>(row.real());
  const bool has_key = !row.none();
  const Key key{static_cast<int>(row.integer()), row.integer() != 0};
  if (has_key) card.key = key;
  card.key_confidence = static_cast<float>(row.real());
  card.lufs = static_cast<float>(row.real());
  card.energy = static_cast<float>(row.real());
  card.onsets_per_second = static_cast<float>(row.real());
  const bool has_class = !row.none();
  const auto hit = row.integer();
  if (has_class) card.hit = static_cast<HitClass>(hit);
  const bool whole = read_into(card.fingerprint, row.bytes()) && read_into(card.descriptors, row.bytes());
  card.span.in = row.real();
  card.span.out = row.real();
  const auto beats = row.integer();
  card.span.beats = static_cast<int>(beats);
  const auto within = [](auto value, auto least, auto most) { return value >= least && value <= most; };
  const bool sound = within(card.seconds, 0.0, 1e5) && within(card.bpm, 0.0, 1000.0) &&
                     within(key.root, 0, 11) && within(hit, 0, static_cast<std::int64_t>(kHitClasses) - 1) &&
                     within(card.energy, 0.0f, 10.0f) && within(card.lufs, -70.0f, 200.0f) &&
                     within(card.onsets_per_second, 0.0f, 1e5f) &&
                     within(card.bpm_confidence, 0.0f, 1.001f) && within(card.key_confidence, 0.0f, 1.001f) &&
                     within(beats, 0, std::int64_t{1} << 22) && within(card.span.in, 0.0, 1e5) &&
                     within(card.span.out, card.span.in, 1e5);
  if (!whole || !sound) return std::nullopt;
  return card;
}

std::optional<std::int64_t> id_of(Database& db, const std::string& path) {
  Statement row(db, "SELECT id FROM sounds WHERE path = ?");
  if (!row.bind(path).step()) return std::nullopt;
  return row.integer();
}

std::vector<Correction> corrections_of(Database& db, std::int64_t id) {
  std::vector<Correction> corrections;
  Statement row(db, "SELECT field, value FROM corrections WHERE id = ? ORDER BY field");
  for (row.bind(id); row.step();) {
    Correction c;
    c.field = row.text();
    c.value = row.text();
    corrections.push_back(std::move(c));
  }
  return corrections;
}

std::optional<Analysis> measured(Database& db, std::int64_t id) {
  Statement row(db, "SELECT bytes FROM analyses WHERE id = ?");
  return row.bind(id).step() ? analysis_from(row.bytes()) : std::nullopt;
}

std::int64_t put_file(Database& db, const std::string& path, FileStamp stamp, std::uint64_t hash, int version,
                      const std::string& failure) {
  Statement(db,
            "INSERT INTO sounds(path, size, modified, hash, version, failure) VALUES(?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(path) DO UPDATE SET size = excluded.size, modified = excluded.modified, "
            "hash = excluded.hash, version = excluded.version, missing = 0, failure = excluded.failure")
      .bind(path)
      .bind(stamp.size)
      .bind(stamp.modified)
      .bind(static_cast<std::int64_t>(hash))
      .bind(std::int64_t{version})
      .bind(failure)
      .done();
  return *id_of(db, path);
}

void put_values(Database& db, std::int64_t id, const Analysis& measured) {
  const Card card = card_of({}, corrected(measured, corrections_of(db, id)));
  Statement set(
      db,
      "UPDATE sounds SET seconds = ?, bpm = ?, bpm_confidence = ?, beats = ?, beats_confidence = ?, "
      "downbeat_confidence = ?, root = ?, minor = ?, key_confidence = ?, lufs = ?, energy = ?, "
      "onsets_per_second = ?, class = ?, fingerprint = ?, descriptors = ?, span_in = ?, span_out = ?, "
      "span_beats = ? WHERE id = ?");
  set.bind(card.seconds).bind(card.bpm).bind(static_cast<double>(card.bpm_confidence));
  set.bind(std::int64_t{card.beats}).bind(static_cast<double>(card.beats_confidence));
  set.bind(static_cast<double>(card.downbeat_confidence));
  if (card.key)
    set.bind(std::int64_t{card.key->root}).bind(std::int64_t{card.key->minor});
  else
    set.bind_none().bind_none();
  set.bind(static_cast<double>(card.key_confidence)).bind(static_cast<double>(card.lufs));
  set.bind(static_cast<double>(card.energy)).bind(static_cast<double>(card.onsets_per_second));
  if (card.hit)
    set.bind(static_cast<std::int64_t>(*card.hit));
  else
    set.bind_none();
  set.bind_bytes(bytes_of(card.fingerprint)).bind_bytes(bytes_of(card.descriptors));
  set.bind(card.span.in).bind(card.span.out).bind(std::int64_t{card.span.beats}).bind(id).done();
}

void renew_values(Database& db, std::int64_t id) {
  if (const auto analysis = measured(db, id))
    put_values(db, id, *analysis);
  else
    Statement(db, "UPDATE sounds SET version = 0 WHERE id = ? AND version != 0").bind(id).done();
}

void put_all_values(Database& db) {
  std::vector<std::int64_t> ids;
  for (Statement row(db, "SELECT id FROM analyses"); row.step();) ids.push_back(row.integer());
  for (const std::int64_t id : ids)
    if (const auto analysis = measured(db, id)) put_values(db, id, *analysis);
}

}  // namespace entrain
