// What only a database in a file has: it outlives the process, it comes from older versions, and its
// statements are text.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "migrations.hpp"
#include "sql_statements.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::contract;

namespace {

std::string text_of(const std::string& path, const std::string& query) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  REQUIRE_MESSAGE(sqlite3_prepare_v2(database, query.c_str(), -1, &statement, nullptr) == SQLITE_OK,
                  sqlite3_errmsg(database));
  std::string text;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* column = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      text += (i == 0 ? "" : "|") + std::string(column == nullptr ? "NULL" : column);
    }
    text += "\n";
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return text;
}

}  // namespace

TEST_CASE("what was committed is there after the process is gone") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  World before;
  {
    auto store = open_sqlite_store(path);
    add_mail(**store, "m", {failure("a@example.org")});
    auto transaction = begin(**store);
    REQUIRE(transaction->suppress(suppression_of("a@example.org")));
    REQUIRE(transaction->put_retry(retry_of("b@example.org", start)));
    REQUIRE(transaction->report_issue(issue_of("google", "your ip")));
    REQUIRE(transaction->commit());
    transaction.reset();
    before = world_of(**store);
  }
  auto again = open_sqlite_store(path);
  REQUIRE(again);
  CHECK(world_of(**again) == before);
  auto reader = open_sqlite_store_read_only(path);
  REQUIRE(reader);
  CHECK(world_of(**reader) == before);
  CHECK((*reader)->begin().error().exit == Exit::internal);
}

TEST_CASE("a process killed within a transaction leaves nothing of it") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  { REQUIRE(open_sqlite_store(path)); }
  for (const bool committed : {false, true}) {
    CAPTURE(committed);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto store = open_sqlite_store(path);
      auto transaction = (*store)->begin();
      for (unsigned i = 1; i < 200; ++i) {
        (void)(*transaction)->journal(mail_row("returns", 1, i, "mail " + std::to_string(i)));
        (void)(*transaction)->add_event(failure("a" + std::to_string(i) + "@example.org"));
      }
      if (committed && !(*transaction)->commit()) ::_exit(1);
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    auto store = open_sqlite_store(path);
    REQUIRE(store);
    CHECK((*store)->summary(0, long_after)->mails == (committed ? 199 : 0));
    CHECK((*store)->summary(0, long_after)->events == (committed ? 199 : 0));
  }
}

TEST_CASE("the database says whose it is, and is safe against a power cut") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  { REQUIRE(open_sqlite_store(path)); }
  CHECK(text_of(path, "PRAGMA application_id") == "1651401572\n");
  CHECK(text_of(path, "PRAGMA user_version") == std::to_string(migrations.size()) + "\n");
  CHECK(text_of(path, "PRAGMA journal_mode") == "wal\n");
  CHECK(text_of(path, "PRAGMA integrity_check") == "ok\n");
  CHECK(text_of(path, "PRAGMA foreign_key_check").empty());
}

TEST_CASE("an older database is brought up to date, with all that it holds") {
  REQUIRE(migrations.size() > 1);
  for (std::size_t version = 1; version < migrations.size(); ++version) {
    CAPTURE(version);
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() / "bounced.db";
    std::string schema =
        "PRAGMA application_id = 1651401572; PRAGMA user_version = " + std::to_string(version) + ";";
    for (std::size_t i = 0; i < version; ++i) schema += std::string(migrations[i].text);
    schema +=
        "INSERT INTO word VALUES (1, 'example.org'), (2, 'user_unknown'), (3, 'policy'), (4, 'google');"
        "INSERT INTO address (id, address, as_written, domain) VALUES (1, 'a@example.org', '', 1);"
        "INSERT INTO suppression (address_id, reason, confidence, status, vendor, rule, source, scope, "
        "mailbox, count, "
        "first_seen, last_seen, decided_at, expires_at, event_id, message_id, diagnostic, note) "
        "VALUES (1, 2, 0, 0, 4, 0, 3, 0, 0, 7, 1, 2, 3, 0, 0, '', '', 'kept');";
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    REQUIRE_MESSAGE(sqlite3_exec(database, schema.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK,
                    sqlite3_errmsg(database));
    sqlite3_close(database);
    CHECK(open_sqlite_store_read_only(path).error().exit == Exit::config);  // a reader changes nothing
    const auto store = open_sqlite_store(path);
    REQUIRE_MESSAGE(store, (store ? "" : store.error().message));
    const auto kept = *(*store)->suppression("a@example.org");
    REQUIRE(kept);
    CHECK(kept->count == 7);
    CHECK(kept->note == "kept");
    if (version < 3) CHECK(kept->provider == "google");  // the vendor, where no event tells who said it
    UnknownTemplate unknown;
    unknown.text = "zorbl";
    unknown.count = 1;
    auto transaction = begin(**store);
    REQUIRE(transaction->note_unknown(unknown));
    REQUIRE(transaction->commit());
    transaction.reset();
    CHECK((*store)->unknown_templates()->size() == 1);
    CHECK(text_of(path, "PRAGMA user_version") == std::to_string(migrations.size()) + "\n");
  }
}

TEST_CASE("migrations are named and numbered in order") {
  REQUIRE(!migrations.empty());
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    char number[16];
    std::snprintf(number, sizeof number, "sql/%04zu_", i + 1);
    CHECK_MESSAGE(migrations[i].name.starts_with(number), migrations[i].name);
  }
}

TEST_CASE("every statement is one that SQLite takes, under a name of its own") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  { REQUIRE(open_sqlite_store(path)); }
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  // The clearing's own, see sqlite_retention.cpp.
  for (const char* table : {"going_mail", "going_event"})
    REQUIRE(sqlite3_exec(database, ("CREATE TEMP TABLE " + std::string(table) + " (id, day)").c_str(),
                         nullptr, nullptr, nullptr) == SQLITE_OK);
  std::set<std::string> names;
  std::string text(sql_statements.front().text);
  const std::string mark = "-- name: ";
  for (auto at = text.find(mark); at != std::string::npos;) {
    const auto end = text.find('\n', at);
    const std::string name = text.substr(at + mark.size(), end - at - mark.size());
    at = text.find(mark, end);
    const std::string statement = text.substr(end, at - end);
    INFO(name);
    CHECK(names.insert(name).second);
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    CHECK_MESSAGE(sqlite3_prepare_v2(database, statement.c_str(), -1, &prepared, &rest) == SQLITE_OK,
                  sqlite3_errmsg(database));
    CHECK(std::string(rest).find_first_not_of(" \n") == std::string::npos);
    sqlite3_finalize(prepared);
  }
  sqlite3_close(database);
  CHECK(names.size() > 40);
}

TEST_CASE("queries of one address or one mail use an index") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  { REQUIRE(open_sqlite_store(path)); }
  const std::string text(sql_statements.front().text);
  for (const char* name : {"word_id",
                           "address_id",
                           "address_state",
                           "mail_of_content",
                           "mail_of_key",
                           "history",
                           "events",
                           "suppression",
                           "suppression_state",
                           "expired_suppressions",
                           "retries",
                           "changes",
                           "mails_of_range",
                           "events_of_range",
                           "changes_by_kind",
                           "count_again",
                           "made_suppressions",
                           "was_suppressed",
                           "acts_of_range",
                           "runs_of_mailboxes",
                           "last_run",
                           "issues_reported",
                           "count_unknown_in_range",
                           "provider_hours"}) {
    INFO(name);
    const auto at = text.find("-- name: " + std::string(name) + "\n");
    REQUIRE(at != std::string::npos);
    const auto from = text.find('\n', at);
    const std::string plan =
        text_of(path, "EXPLAIN QUERY PLAN " + text.substr(from, text.find("-- name:", from) - from));
    INFO(plan);
    const std::string first = plan.substr(0, plan.find('\n'));
    CHECK((plan.find("SEARCH") != std::string::npos || plan.find("USING INDEX") != std::string::npos ||
           plan.find("USING COVERING INDEX") != std::string::npos));
    if (std::string(name) != "retries") CHECK(plan.find("SCAN mail") == std::string::npos);
    CHECK(plan.find("SCAN event") == std::string::npos);
  }
  // The export streams: no sort before the first row.
  const auto at = text.find("-- name: suppressions\n");
  const auto from = text.find('\n', at);
  const std::string plan =
      text_of(path, "EXPLAIN QUERY PLAN " + text.substr(from, text.find("-- name:", from) - from));
  CHECK_MESSAGE(plan.find("TEMP B-TREE") == std::string::npos, plan);
}

TEST_CASE("the views spell words out") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "bounced.db";
  {
    auto store = open_sqlite_store(path);
    BounceEvent event = failure("a@example.org");
    event.rule = "google/no-such-user";
    event.outcome = "suppress";
    add_mail(**store, "m", {event});
    auto transaction = begin(**store);
    REQUIRE(transaction->suppress(suppression_of("a@example.org")));
    REQUIRE(transaction->commit());
  }
  CHECK(text_of(path,
                "SELECT at, address, kind, reason, confidence, advice, outcome, rule, status FROM "
                "event_readable") ==
        "2023-11-14 "
        "22:13:20|a@example.org|bounce|user_unknown|strong|suppress|suppress|google/no-such-user|5.1.1\n");
  CHECK(text_of(path, "SELECT address, reason, source, scope, decided_at FROM suppression_readable") ==
        "a@example.org|user_unknown|policy|NULL|2023-11-14 22:13:20\n");
}
