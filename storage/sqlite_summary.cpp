#include "storage/sqlite_summary.hpp"

#include <algorithm>
#include <map>

#include "storage/sqlite_issues.hpp"
#include "storage/sqlite_retries.hpp"
#include "storage/sqlite_sendings.hpp"
#include "storage/sqlite_trend.hpp"
#include "storage/sqlite_waves.hpp"

namespace bounced::sqlite {
namespace {

/// All statements of a summary see the same state of the database, whoever writes meanwhile.
class Snapshot {
 public:
  explicit Snapshot(SqliteDatabase& database) : database_(database) { database_.run("open_snapshot"); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() {
    try {
      database_.run("close_snapshot");
    } catch (const SQLite::Exception&) {  // the next statement says what is wrong
    }
  }

 private:
  SqliteDatabase& database_;
};

void add_mails(SqliteDatabase& database, RunSummary& summary) {
  std::map<std::string, std::int64_t> kinds;
  SQLite::Statement& row = database.statement("mails_of_range", summary.from, summary.until);
  while (row.executeStep()) {
    const std::string disposal = database.text(row.getColumn(1).getInt64());
    const std::int64_t count = row.getColumn(2).getInt64();
    kinds[database.text(row.getColumn(0).getInt64())] += count;
    summary.mails += count;
    if (disposal == to_string(Disposal::unrecognised)) summary.unrecognised += count;
    if (disposal == to_string(Disposal::quarantined)) summary.quarantined += count;
  }
  row.reset();
  for (const auto& [kind, count] : kinds) summary.by_kind.push_back({kind, count});
  put_in_order(summary.by_kind);
  summary.duplicates = database.number("count_again", 0, summary.from, summary.until);
}

void add_retries(SqliteDatabase& database, RunSummary& summary) {
  const RetryNumbers numbers = retry_numbers(database, summary.until);
  summary.retries_pending = numbers.pending;
  summary.retries_due = numbers.due;
  summary.sample_retries = first_retries(database, summary.until);
  summary.slowdowns = slowdowns(database, "slowdowns_at", summary.from, summary.until);
}

/// The mailboxes that were ever read, with their word.
std::vector<MailboxHealth> mailboxes(SqliteDatabase& database, std::vector<std::int64_t>& words) {
  std::vector<MailboxHealth> found;
  SQLite::Statement& row = database.statement("mailboxes_of_runs");
  while (row.executeStep()) words.push_back(row.getColumn(0).getInt64());
  row.reset();
  std::sort(words.begin(), words.end(),
            [&](std::int64_t a, std::int64_t b) { return database.text(a) < database.text(b); });
  for (const std::int64_t word : words) {
    found.emplace_back();
    found.back().mailbox = database.text(word);
  }
  return found;
}

/// False when there was none yet.
bool add_last_run(SqliteDatabase& database, std::int64_t word, UnixSeconds until, MailboxHealth& health) {
  SQLite::Statement& row = database.statement("last_run", word, until);
  const bool found = row.executeStep();
  if (found)
    health.last = {health.mailbox,
                   row.getColumn(0).getInt64(),
                   row.getColumn(1).getInt64(),
                   row.getColumn(2).getInt64(),
                   row.getColumn(3).getInt64(),
                   row.getColumn(4).getInt64(),
                   row.getColumn(5).getInt64(),
                   row.getColumn(6).getInt64(),
                   row.getColumn(7).getInt64(),
                   row.getColumn(8).getString()};
  row.reset();
  return found;
}

void add_mailboxes(SqliteDatabase& database, RunSummary& summary) {
  std::vector<std::int64_t> words;
  auto all = mailboxes(database, words);
  for (std::size_t i = 0; i < all.size(); ++i) {
    MailboxHealth& health = all[i];
    if (!add_last_run(database, words[i], summary.until, health)) continue;
    health.last_good = database.number("last_good_run", 0, words[i], summary.until);
    SQLite::Statement& error = database.statement("last_failed_run", words[i], summary.from, summary.until);
    if (error.executeStep()) health.last_error = error.getColumn(0).getString();
    error.reset();
    summary.runs.push_back(health.last);
    summary.mailboxes.push_back(health);
  }
  SQLite::Statement& row = database.statement("runs_of_mailboxes", summary.from, summary.until);
  while (row.executeStep()) {
    const std::string name = database.text(row.getColumn(0).getInt64());
    for (MailboxHealth& health : summary.mailboxes) {
      if (health.mailbox != name) continue;
      health.passes = row.getColumn(1).getInt64();
      health.failed = row.getColumn(2).getInt64();
      health.quarantined = row.getColumn(3).getInt64();
      health.unrecognised = row.getColumn(4).getInt64();
    }
  }
  row.reset();
}

}  // namespace

void put_in_order(std::vector<CountBy>& counts) {
  std::sort(counts.begin(), counts.end(), [](const CountBy& a, const CountBy& b) {
    return a.count != b.count ? a.count > b.count : a.key < b.key;
  });
}

void add_run(SqliteDatabase& database, const RunRecord& run) {
  database.run("insert_run", database.word(run.mailbox), run.started_at, run.ended_at, run.mails, run.bounces,
               run.duplicates, run.unrecognised, run.quarantined, run.suppressed, run.error);
}

RunSummary summary(SqliteDatabase& database, UnixSeconds from, UnixSeconds until) {
  const Snapshot snapshot(database);
  RunSummary made;
  made.from = from;
  made.until = until;
  add_mails(database, made);
  add_events(database, made);
  add_trend(database, made);
  add_changes(database, made);
  add_retries(database, made);
  IssuesOfRange issues = issues_of_range(database, from, until);
  made.issues = std::move(issues.open);
  made.issues_closed = issues.closed;
  made.issues_muted = issues.muted;
  made.waves = waves_at(database, from, until);
  made.unknown_templates = database.number("count_unknown_in_range", 0, from, until);
  add_mailboxes(database, made);
  made.unsent = sending_failures(database, from, until);
  return made;
}

}  // namespace bounced::sqlite
