#include "storage/sqlite_database.hpp"

#include <sqlite3.h>

#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "migrations.hpp"
#include "sql_statements.hpp"
#include "storage/sqlite_error.hpp"

namespace bounced {
namespace {

/// "bncd": PRAGMA application_id of our databases; `file` and we tell ours from others by it.
constexpr std::int64_t application_id = 0x626e6364;
/// Words kept in memory; beyond it the cache starts afresh. About 100 bytes each.
constexpr std::size_t cached_words = 50'000;
/// Page cache of a connection in KiB. SQLite's own default is 2,000.
constexpr int cache_kib = 16'000;
/// Bytes that the write-ahead log is cut back to after a checkpoint.
constexpr std::int64_t log_bytes_kept = 16 * 1024 * 1024;

constexpr int schema_version = static_cast<int>(migrations.size());

/// The statements of sql/statements.sql by name.
using Statements = std::unordered_map<std::string_view, std::string_view>;

Statements parse_statements(std::string_view text) {
  constexpr std::string_view mark = "-- name: ";
  Statements found;
  for (std::size_t at = text.find(mark); at != std::string_view::npos;) {
    const std::size_t name_at = at + mark.size();
    const std::size_t name_end = text.find('\n', name_at);
    at = text.find(mark, name_end);
    found.emplace(text.substr(name_at, name_end - name_at), text.substr(name_end, at - name_end));
  }
  return found;
}

const Statements& statements() {
  static const Statements all = parse_statements(sql_statements.front().text);
  return all;
}

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::string& path, Mode mode,
                                                             int busy_timeout_ms) {
  std::error_code ignored;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (!directory.empty() && !std::filesystem::is_directory(directory, ignored))
    return fail(Exit::io, "database " + path + ": there is no directory " + directory.string(),
                "make it (mkdir -p " + directory.string() + "), or set database.path to a place that exists");
  if (std::filesystem::is_directory(path, ignored))
    return fail(Exit::data, "database " + path + " is a directory", "set database.path to a file");
  if (mode == Mode::read_only && !std::filesystem::exists(path, ignored))
    return fail(Exit::no_input, "there is no database " + path + " yet",
                "run `bounced once` or `bounced import` first, or set database.path");
  std::unique_ptr<SqliteDatabase> opened;
  try {
    const int flags =
        mode == Mode::read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
    opened.reset(new SqliteDatabase(path, flags, busy_timeout_ms));
    auto checked = opened->check_and_migrate(mode);
    if (!checked) return fail(checked.error());
    return opened;
  } catch (const SQLite::Exception& exception) {
    if (opened) return fail(opened->error_of(exception));
    return fail(sqlite_error(path, exception.getErrorCode(), errno, exception.what()));
  }
}

SqliteDatabase::SqliteDatabase(const std::string& path, int flags, int busy_timeout_ms)
    : path_(path), database_(path, flags, busy_timeout_ms) {
  sqlite3_extended_result_codes(database_.getHandle(), 1);
}

Result<void> SqliteDatabase::check_and_migrate(Mode mode) {
  const std::int64_t application = database_.execAndGet("PRAGMA application_id").getInt64();
  const int version = database_.execAndGet("PRAGMA user_version").getInt();
  const bool is_new = application == 0 && version == 0 &&
                      database_.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
  if (!is_new && application != application_id)
    return fail(Exit::data, path_ + " is a database of another program",
                "set database.path to a file of bounced's own; this one was left as it is");
  if (version > schema_version)
    return fail(Exit::config,
                "database " + path_ + " has schema " + std::to_string(version) +
                    ", and this bounced knows up to " + std::to_string(schema_version),
                "install the newer bounced that wrote it, or set database.path to another file");
  if (mode == Mode::read_only && version < schema_version)
    return fail(Exit::config,
                "database " + path_ + " has schema " + std::to_string(version) + ", and this bounced reads " +
                    std::to_string(schema_version),
                "run `bounced once`: it brings the database up to date");
  // Before anything is written: pages that are freed can go back to the file system later.
  if (is_new) database_.exec("PRAGMA auto_vacuum = INCREMENTAL");
  set_up_connection(mode);
  if (version < schema_version) migrate(version);
  return {};
}

void SqliteDatabase::set_up_connection(Mode mode) {
  database_.exec("PRAGMA foreign_keys = ON");
  database_.exec("PRAGMA cache_size = -" + std::to_string(cache_kib));
  if (mode == Mode::read_only) return;
  database_.exec("PRAGMA journal_mode = WAL");
  // A mail is settled after its commit, so a commit must outlive a power cut: WAL with NORMAL may lose the
  // last.
  database_.exec("PRAGMA synchronous = FULL");
  // What is removed is overwritten: an address that is forgotten is gone from the file.
  database_.exec("PRAGMA secure_delete = ON");
  database_.exec("PRAGMA journal_size_limit = " + std::to_string(log_bytes_kept));
}

/// Each file in a transaction of its own. Another process may have migrated meanwhile: the version is read
/// again under the lock.
void SqliteDatabase::migrate(int from) {
  for (int version = from; version < schema_version; ++version) {
    begin();
    try {
      if (database_.execAndGet("PRAGMA user_version").getInt() == version) {
        database_.exec(std::string(migrations[static_cast<std::size_t>(version)].text));
        database_.exec("PRAGMA application_id = " + std::to_string(application_id));
        database_.exec("PRAGMA user_version = " + std::to_string(version + 1));
      }
      commit();
    } catch (...) {
      rollback();
      throw;
    }
  }
}

Error SqliteDatabase::error_of(const SQLite::Exception& exception) {
  return sqlite_error(path_, exception.getExtendedErrorCode(), sqlite3_system_errno(database_.getHandle()),
                      exception.what());
}

std::string SqliteDatabase::sql_of(std::string_view name) const {
  const auto found = statements().find(name);
  if (found == statements().end())
    throw SQLite::Exception("no statement is named " + std::string(name), SQLITE_MISUSE);
  return std::string(found->second);
}

SQLite::Statement& SqliteDatabase::prepare(std::string_view name) {
  auto found = prepared_.find(name);
  if (found == prepared_.end())
    found = prepared_.emplace(std::string(name), SQLite::Statement(database_, sql_of(name))).first;
  found->second.tryReset();
  return found->second;
}

std::int64_t SqliteDatabase::known_word(std::string_view text) {
  if (text.empty()) return 0;
  const auto cached = word_ids_.find(text);
  if (cached != word_ids_.end()) return cached->second;
  const std::string key(text);
  const std::int64_t id = number("word_id", -1, key);
  if (id >= 0) {
    if (word_ids_.size() >= cached_words) forget_words();
    word_ids_.emplace(key, id);
  }
  return id;
}

std::int64_t SqliteDatabase::word(std::string_view text) {
  const std::int64_t known = known_word(text);
  if (known >= 0) return known;
  const std::string key(text);
  run("insert_word", key);
  const std::int64_t id = last_insert_id();
  word_ids_.emplace(key, id);
  return id;
}

std::string SqliteDatabase::text(std::int64_t id) {
  if (id <= 0) return "";
  const auto cached = word_texts_.find(id);
  if (cached != word_texts_.end()) return cached->second;
  SQLite::Statement& query = statement("word_text", id);
  std::string found = query.executeStep() ? query.getColumn(0).getString() : "";
  query.reset();
  if (word_texts_.size() >= cached_words) forget_words();
  word_texts_.emplace(id, found);
  return found;
}

void SqliteDatabase::forget_words() {
  word_ids_.clear();
  word_texts_.clear();
}

void SqliteDatabase::clear_log() {
  SQLite::Statement row(database_, "PRAGMA wal_checkpoint(TRUNCATE)");
  if (row.executeStep() && row.getColumn(0).getInt() != 0)
    throw SQLite::Exception("the log can't be emptied while others read", SQLITE_BUSY);
}

void SqliteDatabase::begin() { database_.exec("BEGIN IMMEDIATE"); }

void SqliteDatabase::commit() { database_.exec("COMMIT"); }

void SqliteDatabase::rollback() {
  forget_words();                                                  // those made in the transaction are gone
  if (sqlite3_get_autocommit(database_.getHandle()) != 0) return;  // SQLite has rolled back by itself
  for (auto& [name, prepared] : prepared_) prepared.tryReset();
  database_.tryExec("ROLLBACK");
}

}  // namespace bounced
