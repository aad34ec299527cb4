#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "storage/maintenance.hpp"
#include "storage/sqlite_database.hpp"
#include "storage/sqlite_error.hpp"

namespace bounced {
namespace {

/// Waiting for a writer that checkpoints or recovers, as readers do.
constexpr int busy_timeout_ms = 5000;
constexpr int busy_tries = 100;

Error system_error(const std::string& path, const std::string& what, int problem) {
  return {problem == ENOSPC ? Exit::io : Exit::cant_create,
          path + ": " + what + ": " + std::strerror(problem),
          "give a file in a directory that exists, that may be written to, and that has room"};
}

/// A file that is gone when the backup did not become whole.
class PartFile {
 public:
  explicit PartFile(std::string path) : path_(std::move(path)) { ::unlink(path_.c_str()); }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() {
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) ::unlink((path_ + suffix).c_str());
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<void> sync_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return fail(system_error(path, "can't be opened", errno));
  const int problem = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (problem != 0) return fail(system_error(path, "can't be made durable", problem));
  return {};
}

/// The part file, empty, for the eyes of those who may read the database.
Result<void> make_part(const std::string& from, const std::string& part) {
  struct stat info {};
  if (::stat(from.c_str(), &info) != 0) return fail(system_error(from, "can't be looked at", errno));
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, info.st_mode & 0777U);
  if (descriptor < 0) return fail(system_error(part, "can't be made", errno));
  ::close(descriptor);
  return {};
}

/// All pages in one step, so that what others write meanwhile does not make it start anew.
void copy_pages(SQLite::Database& source, SQLite::Database& copy) {
  SQLite::Backup backup(copy, source);
  for (int tries = 1;; ++tries) {
    const int code = backup.executeStep(-1);
    if (code == SQLITE_DONE) return;
    if (tries == busy_tries) throw SQLite::Exception(source.getHandle(), code);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/// "" when the copy is sound, else the first thing that is wrong with it.
std::string damage_of(SQLite::Database& copy) {
  const std::string found = copy.execAndGet("PRAGMA quick_check(1)").getString();
  return found == "ok" ? "" : found;
}

Error damaged(const std::string& path, const std::string& damage, const std::string& what_was_done) {
  return {Exit::data, "database " + path + " is damaged: " + damage,
          what_was_done + "keep the last good backup, and see bounced(1), FILES, about mending"};
}

Result<void> copy_database(const std::string& from, const std::string& part) {
  try {
    SQLite::Database source(from, SQLite::OPEN_READONLY, busy_timeout_ms);
    SQLite::Database copy(part, SQLite::OPEN_READWRITE, busy_timeout_ms);
    copy_pages(source, copy);
    copy.exec("PRAGMA journal_mode = DELETE");  // one file, without a log beside it
    if (const std::string damage = damage_of(copy); !damage.empty())
      return fail(damaged(from, damage, "no backup was made of it: "));
  } catch (const SQLite::Exception& exception) {
    const bool is_copy = exception.getErrorCode() == SQLITE_FULL;
    return fail(sqlite_error(is_copy ? part : from, exception.getErrorCode(), errno, exception.what()));
  }
  return {};
}

}  // namespace

Result<Backup> backup_sqlite_database(const std::string& from, const std::string& to, bool replace) {
  {
    // The database's own door tells what is none of ours.
    const auto ours = SqliteDatabase::open(from, SqliteDatabase::Mode::read_only, busy_timeout_ms);
    if (!ours && ours.error().exit != Exit::config) return fail(ours.error());  // an older schema is fine
  }
  std::error_code ignored;
  if (!replace && std::filesystem::exists(to, ignored))
    return fail(Exit::cant_create, to + " is there already",
                "name another file, or give --force to replace it");
  const PartFile part(to + ".part");
  if (auto made = make_part(from, part.path()); !made) return fail(made.error());
  if (auto copied = copy_database(from, part.path()); !copied) return fail(copied.error());
  if (auto synced = sync_path(part.path(), O_RDONLY); !synced) return fail(synced.error());
  Backup backup;
  backup.bytes = std::filesystem::file_size(part.path(), ignored);
  if (::rename(part.path().c_str(), to.c_str()) != 0) return fail(system_error(to, "can't be made", errno));
  const std::string directory = std::filesystem::path(to).parent_path().string();
  if (auto synced = sync_path(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY); !synced)
    return fail(synced.error());
  return backup;
}

Result<void> check_sqlite_database(const std::string& path) {
  if (const auto ours = SqliteDatabase::open(path, SqliteDatabase::Mode::read_only, busy_timeout_ms); !ours)
    return fail(ours.error());
  try {
    SQLite::Database database(path, SQLite::OPEN_READONLY, busy_timeout_ms);
    const std::string damage = damage_of(database);
    if (!damage.empty()) return fail(damaged(path, damage, ""));
  } catch (const SQLite::Exception& exception) {
    return fail(sqlite_error(path, exception.getErrorCode(), errno, exception.what()));
  }
  return {};
}

}  // namespace bounced
