// The connection to an SQLite database: opened, checked to be ours, migrated; its statements prepared once
// and kept; its repeated texts as words. The other sqlite_* files are written in terms of it.
//
// Within this room's sqlite_* files SQLite::Exception travels; `guarded` ends it at the border.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "parser/result.hpp"

namespace bounced {

/// A hash for maps that are asked with string_views.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// Bytes to bind as a BLOB.
struct Blob {
  std::string bytes;
};

class SqliteDatabase {
 public:
  enum class Mode { read_write, read_only };

  /// See open_sqlite_store for the errors.
  static Result<std::unique_ptr<SqliteDatabase>> open(const std::string& path, Mode mode,
                                                      int busy_timeout_ms);

  /// Runs `action`; an exception of SQLite becomes its Error.
  template <class Action>
  auto guarded(Action&& action) -> Result<std::invoke_result_t<Action>> {
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Action>>) {
        action();
        return {};
      } else {
        return action();
      }
    } catch (const SQLite::Exception& exception) {
      return fail(error_of(exception));
    }
  }

  /// The statement of that name (sql/statements.sql), ready, with `values` bound in order. Integers and
  /// enumerations bind as numbers, strings as text. It is the database's own: not to be used again before the
  /// reader of its rows is done.
  template <class... Values>
  SQLite::Statement& statement(std::string_view name, const Values&... values) {
    SQLite::Statement& prepared = prepare(name);
    bind_all<Binding::copy>(prepared, values...);
    return prepared;
  }

  /// The same as a statement of the caller's own, for streams during which other statements run.
  template <class... Values>
  SQLite::Statement own_statement(std::string_view name, const Values&... values) {
    SQLite::Statement made(database_, sql_of(name));
    bind_all<Binding::copy>(made, values...);
    return made;
  }

  /// Runs a statement that gives no rows; returns how many rows it changed.
  template <class... Values>
  int run(std::string_view name, const Values&... values) {
    SQLite::Statement& prepared = prepare(name);
    bind_all<Binding::borrow>(prepared, values...);
    return prepared.exec();
  }

  /// The first column of the first row; `otherwise` when there is none.
  template <class... Values>
  std::int64_t number(std::string_view name, std::int64_t otherwise, const Values&... values) {
    SQLite::Statement& query = prepare(name);
    bind_all<Binding::borrow>(query, values...);
    const std::int64_t found = query.executeStep() ? query.getColumn(0).getInt64() : otherwise;
    query.reset();
    return found;
  }

  [[nodiscard]] std::int64_t last_insert_id() const { return database_.getLastInsertRowid(); }

  /// The id of a word, made when it is new (in the running transaction). "" is 0.
  std::int64_t word(std::string_view text);
  /// The id of a word; -1 when the database doesn't have it.
  std::int64_t known_word(std::string_view text);
  /// The text of a word.
  std::string text(std::int64_t id);

  /// For what no named statement can say.
  SQLite::Database& connection() { return database_; }

  /// Writes the log into the database and empties it: nothing that was removed stays in either. Waits for
  /// readers as long as for a lock.
  void clear_log();

  void begin();  ///< BEGIN IMMEDIATE
  void commit();
  void rollback();  ///< never throws

 private:
  /// Whether SQLite copies a text, or reads it where it is: only where the statement is stepped before the
  /// text's owner returns.
  enum class Binding { copy, borrow };

  SqliteDatabase(const std::string& path, int flags, int busy_timeout_ms);
  Result<void> check_and_migrate(Mode mode);
  void migrate(int from);
  void set_up_connection(Mode mode);
  void forget_words();
  Error error_of(const SQLite::Exception& exception);
  std::string sql_of(std::string_view name) const;
  SQLite::Statement& prepare(std::string_view name);

  template <Binding binding, class... Values>
  static void bind_all(SQLite::Statement& statement, const Values&... values) {
    int index = 0;
    (bind_one<binding>(statement, ++index, values), ...);
  }
  template <Binding binding, class Value>
  static void bind_one(SQLite::Statement& statement, int index, const Value& value) {
    if constexpr (std::is_same_v<Value, Blob>)
      statement.bind(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
    else if constexpr (!std::is_same_v<Value, std::string>)
      statement.bind(index, static_cast<std::int64_t>(value));
    else if constexpr (binding == Binding::borrow)
      statement.bindNoCopy(index, value);
    else
      statement.bind(index, value);
  }

  std::string path_;
  SQLite::Database database_;
  TextMap<SQLite::Statement> prepared_;
  TextMap<std::int64_t> word_ids_;
  std::unordered_map<std::int64_t, std::string> word_texts_;
};

}  // namespace bounced
