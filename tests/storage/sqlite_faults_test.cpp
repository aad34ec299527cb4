// Bad databases: each has a message that names the file and the remedy, its exit code, and leaves both the
// file and the earlier rows as they were.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/contract/store_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::contract;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

/// Runs SQL through SQLite itself, past the store.
void sql(const std::string& path, const std::string& text) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  char* message = nullptr;
  const int code = sqlite3_exec(database, text.c_str(), nullptr, nullptr, &message);
  const std::string words = message == nullptr ? "" : message;
  sqlite3_free(message);
  sqlite3_close(database);
  REQUIRE_MESSAGE(code == SQLITE_OK, words);
}

std::int64_t sql_number(const std::string& path, const std::string& query) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(database, query.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const std::int64_t found = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return found;
}

void make_database(const std::string& path) {
  auto store = open_sqlite_store(path);
  REQUIRE(store);
  add_mail(**store, "first", {failure("kept@example.org")});
}

void check_error(const Error& error, Exit exit, const std::string& in_message, const std::string& in_hint) {
  INFO(error.message);
  INFO(error.hint);
  CHECK(error.exit == exit);
  CHECK(error.message.find(in_message) != std::string::npos);
  CHECK(error.hint.find(in_hint) != std::string::npos);
}

/// Fills a transaction until it fails; the error.
std::optional<Error> write_until_failure(Transaction& transaction, int mails) {
  for (int i = 0; i < mails; ++i) {
    const auto journaled = transaction.journal(
        mail_row("returns", 1, 100U + static_cast<unsigned>(i), "fill " + std::to_string(i)));
    if (!journaled) return journaled.error();
    BounceEvent event = failure("filler" + std::to_string(i) + "@example.org");
    event.diagnostic = std::string(3000, 'x');
    if (auto added = transaction.add_event(event); !added) return added.error();
  }
  if (auto committed = transaction.commit(); !committed) return committed.error();
  return std::nullopt;
}

}  // namespace

TEST_CASE("a directory that isn't there") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "no" / "such" / "bounced.db";
  const auto opened = open_sqlite_store(path);
  REQUIRE_FALSE(opened);
  check_error(opened.error(), Exit::io, "there is no directory", "mkdir -p");
  CHECK_FALSE(std::filesystem::exists(directory.path() / "no"));
}

TEST_CASE("a directory where the file should be") {
  const test::TemporaryDirectory directory;
  const auto opened = open_sqlite_store(directory.path());
  REQUIRE_FALSE(opened);
  check_error(opened.error(), Exit::data, "is a directory", "database.path");
}

TEST_CASE("files that are no databases of ours stay as they are") {
  const test::TemporaryDirectory directory;
  struct Row {
    const char* name;
    std::string bytes;
    const char* message;
  };
  const std::string foreign = directory.path() / "foreign.source";
  sql(foreign, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);");
  const std::string tagged = directory.path() / "tagged.source";
  sql(tagged, "PRAGMA application_id = 252006674; PRAGMA user_version = 1;");
  const std::vector<Row> rows{
      {"text", std::string(8192, 'n'), "is not a database of bounced"},
      {"short", "a line of text that is no database at all, but longer than a header .........",
       "is not a database of bounced"},
      {"foreign", bytes_of(foreign), "of another program"},
      {"tagged", bytes_of(tagged), "of another program"}};
  for (const Row& row : rows) {
    INFO(row.name);
    const std::string path = directory.path() / row.name;
    std::ofstream(path, std::ios::binary) << row.bytes;
    const auto opened = open_sqlite_store(path);
    REQUIRE_FALSE(opened);
    check_error(opened.error(), Exit::data, row.message, "database.path");
    CHECK(opened.error().message.find(path) != std::string::npos);
    CHECK(bytes_of(path) == row.bytes);
    CHECK_FALSE(open_sqlite_store_read_only(path));
    CHECK(bytes_of(path) == row.bytes);
  }
}

TEST_CASE("a schema newer than the program") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  make_database(path);
  sql(path, "PRAGMA user_version = 999");
  const auto opened = open_sqlite_store(path);
  REQUIRE_FALSE(opened);
  check_error(opened.error(), Exit::config, "has schema 999", "newer bounced");
  CHECK(open_sqlite_store_read_only(path).error().exit == Exit::config);
  CHECK(sql_number(path, "PRAGMA user_version") == 999);
}

TEST_CASE("a reader neither creates nor migrates") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  const auto missing = open_sqlite_store_read_only(path);
  REQUIRE_FALSE(missing);
  check_error(missing.error(), Exit::no_input, "there is no database", "bounced once");
  CHECK_FALSE(std::filesystem::exists(path));

  sql(path, "PRAGMA application_id = 1651401572; CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT);");
  const auto old = open_sqlite_store_read_only(path);
  REQUIRE_FALSE(old);
  check_error(old.error(), Exit::config, "has schema 0", "bounced once");
}

TEST_CASE("a file that may not be written") {
  if (::geteuid() != 0) {
    MESSAGE("needs root, to act as another user");
    return;
  }
  const test::TemporaryDirectory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
  const std::string path = directory.path() / "bounced.db";
  make_database(path);
  std::filesystem::permissions(path, std::filesystem::perms(0444));
  constexpr uid_t nobody = 65534;
  REQUIRE(::seteuid(nobody) == 0);
  const auto opened = open_sqlite_store(path);
  REQUIRE(::seteuid(0) == 0);
  REQUIRE_FALSE(opened);
  check_error(opened.error(), Exit::no_permission, path, "let the user who runs bounced");
}

TEST_CASE("a database that another process has locked is named with it") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  make_database(path);
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto store = open_sqlite_store(path);
    auto transaction = (*store)->begin();
    const char answer = transaction ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  REQUIRE(::read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  {
    auto store = open_sqlite_store(path, 20);
    REQUIRE(store);
    const auto begun = (*store)->begin();
    REQUIRE_FALSE(begun);
    check_error(begun.error(), Exit::try_again, "is locked by", "stop it");
    CHECK(begun.error().message.find("(pid " + std::to_string(child) + ")") != std::string::npos);
    CHECK(begun.error().temporary());
    CHECK(events_of(**store, "kept@example.org").size() == 1);  // reading goes on
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  auto store = open_sqlite_store(path, 20);
  CHECK((*store)->begin());
}

TEST_CASE("a full disk leaves the batch out, whole") {
  const test::TemporaryDirectory directory;
  const std::string mount_point = directory.path();
  if (::mount("tmpfs", mount_point.c_str(), "tmpfs", 0, "size=1m") != 0) {
    MESSAGE("can't mount a small file system here");
    return;
  }
  {
    const std::string path = directory.path() / "bounced.db";
    make_database(path);
    auto store = open_sqlite_store(path);
    REQUIRE(store);
    const World before = world_of(**store);
    {
      auto transaction = begin(**store);
      const auto failed = write_until_failure(*transaction, 2000);
      REQUIRE(failed);
      check_error(*failed, Exit::io, "the disk is full", "free some space");
      // Whatever is tried after it meets the same error: nothing is written half.
      CHECK(transaction->commit().error().message == failed->message);
      CHECK(transaction->journal(mail_row("returns", 1, 1, "later")).error().message == failed->message);
    }
    CHECK(world_of(**store) == before);
    CHECK_FALSE(*(*store)->is_journaled({"", 0, 0, hash_of("fill 0")}));
  }
  CHECK(::umount(mount_point.c_str()) == 0);
}

TEST_CASE("a damaged page is told with what to do") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  {
    auto store = open_sqlite_store(path);
    auto transaction = begin(**store);
    REQUIRE_FALSE(write_until_failure(*transaction, 300));
  }
  sql(path, "PRAGMA wal_checkpoint(TRUNCATE)");
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  constexpr std::streamoff page = 4096;
  for (std::streamoff at = size / page / 2 * page; at < size; at += page) {  // the schema stands before it
    file.seekp(at);
    file << std::string(64, '\xff');
  }
  file.close();

  auto store = open_sqlite_store(path);
  REQUIRE(store);
  bool told = false;
  auto transaction = begin(**store);
  for (int i = 0; i < 300 && !told; ++i) {
    const auto history = transaction->history("filler" + std::to_string(i) + "@example.org", 0);
    if (history) continue;
    told = true;
    check_error(history.error(), Exit::io, "is damaged", ".recover");
    CHECK_FALSE(transaction->commit());
  }
  CHECK(told);
}
