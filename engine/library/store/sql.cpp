#include "engine/library/store/sql.h"

#include <sqlite3.h>

namespace entrain::sql {
namespace {

constexpr int kPatience = 10'000;  // ms, while another process writes

[[noreturn]] void refuse(sqlite3* db, int code) {
  throw Refused(code & 0xFF, db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

}  // namespace

bool Refused::damaged() const { return code == SQLITE_NOTADB || code == SQLITE_CORRUPT; }

void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Database::Database(const std::filesystem::path& file) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  db_.reset(opened);
  if (code != SQLITE_OK) refuse(opened, code);
  sqlite3_busy_timeout(opened, kPatience);
}

void Database::run(const std::string& statements) {
  const int code = sqlite3_exec(db_.get(), statements.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) refuse(db_.get(), code);
}

std::int64_t Database::number(const std::string& query) {
  Statement asked(*this, query);
  return asked.step() ? asked.integer() : 0;
}

std::string Database::text(const std::string& query) {
  Statement asked(*this, query);
  return asked.step() ? std::string(asked.text()) : std::string();
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(db_.get()); }
int Database::changes() const { return sqlite3_changes(db_.get()); }

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(Database& db, std::string_view text) {
  sqlite3_stmt* prepared = nullptr;
  const int code =
      sqlite3_prepare_v2(db.get(), text.data(), static_cast<int>(text.size()), &prepared, nullptr);
  statement_.reset(prepared);
  if (code != SQLITE_OK) refuse(db.get(), code);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) refuse(sqlite3_db_handle(statement_.get()), code);
}

Statement& Statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), ++bound_, value));
  return *this;
}

Statement& Statement::bind(double value) {
  check(sqlite3_bind_double(statement_.get(), ++bound_, value));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  check(sqlite3_bind_text(statement_.get(), ++bound_, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind_bytes(std::string_view bytes) {
  check(sqlite3_bind_blob(statement_.get(), ++bound_, bytes.data(), static_cast<int>(bytes.size()),
                          SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind_none() {
  check(sqlite3_bind_null(statement_.get(), ++bound_));
  return *this;
}

bool Statement::step() {
  column_ = 0;
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) refuse(sqlite3_db_handle(statement_.get()), code);
  return false;
}

void Statement::done() {
  while (step()) {
  }
  check(sqlite3_reset(statement_.get()));
  check(sqlite3_clear_bindings(statement_.get()));
  bound_ = 0;
}

bool Statement::none() const { return sqlite3_column_type(statement_.get(), column_) == SQLITE_NULL; }
std::int64_t Statement::integer() { return sqlite3_column_int64(statement_.get(), column_++); }
double Statement::real() { return sqlite3_column_double(statement_.get(), column_++); }

std::string_view Statement::text() {
  const auto* text = sqlite3_column_text(statement_.get(), column_);
  const int size = sqlite3_column_bytes(statement_.get(), column_++);
  return {reinterpret_cast<const char*>(text), text ? static_cast<std::size_t>(size) : 0};
}

std::string_view Statement::bytes() {
  const void* bytes = sqlite3_column_blob(statement_.get(), column_);
  const int size = sqlite3_column_bytes(statement_.get(), column_++);
  return {static_cast<const char*>(bytes), bytes ? static_cast<std::size_t>(size) : 0};
}

Transaction::~Transaction() {
  if (open_) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace entrain::sql
