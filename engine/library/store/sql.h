// SQLite, as far as the library needs it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace entrain::sql {

/// What SQLite refused. Thrown inside engine/library only; its doors turn it into a sentence.
struct Refused : std::runtime_error {
  Refused(int c, const std::string& message) : std::runtime_error(message), code(c) {}
  bool damaged() const;  ///< the file is no database, or holds nonsense
  int code;              ///< SQLite's primary result code
};

/// A connection. One thread at a time. Everything throws Refused.
class Database {
 public:
  /// Creates the file where there is none.
  explicit Database(const std::filesystem::path& file);

  void run(const std::string& statements);
  std::int64_t number(const std::string& query);  ///< the first column of the first row, else 0
  std::string text(const std::string& query);     ///< likewise, else ""
  std::int64_t last_id() const;
  int changes() const;  ///< rows the last statement changed
  sqlite3* get() const { return db_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, Close> db_;
};

/// A prepared statement: bind in order, step through rows, read columns in order. Everything throws Refused.
class Statement {
 public:
  Statement(Database& db, std::string_view text);

  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  Statement& bind(std::string_view text);
  Statement& bind_bytes(std::string_view bytes);
  Statement& bind_none();

  bool step();  ///< whether there is a row; its columns are read from the first again
  void done();  ///< steps to the end and makes ready for other values

  bool none() const;  ///< the next column is NULL
  void skip() { ++column_; }
  std::int64_t integer();
  double real();
  std::string_view text();   ///< until the next step
  std::string_view bytes();  ///< until the next step

 private:
  void check(int code) const;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0, column_ = 0;
};

/// All or nothing: undone unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(Database& db) : db_(db) { db_.run("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    db_.run("COMMIT");
    open_ = false;
  }

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace entrain::sql
