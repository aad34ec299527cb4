#include "storage/sqlite_summary.hpp"

#include <algorithm>

#include "storage/sqlite_issues.hpp"
#include "storage/sqlite_retries.hpp"
#include "storage/sqlite_suppressions.hpp"
#include "storage/sqlite_waves.hpp"

namespace bounced::sqlite {
namespace {

/// The rows (word, count) of a statement over [from, until), in the order that RunSummary promises.
std::vector<CountBy> counts(SqliteDatabase& database, std::string_view name, UnixSeconds from,
                            UnixSeconds until) {
  std::vector<CountBy> found;
  SQLite::Statement& rows = database.statement(name, from, until);
  while (rows.executeStep())
    found.push_back({database.text(rows.getColumn(0).getInt64()), rows.getColumn(1).getInt64()});
  rows.reset();
  std::sort(found.begin(), found.end(), [](const CountBy& a, const CountBy& b) {
    return a.count != b.count ? a.count > b.count : a.key < b.key;
  });
  return found;
}

std::int64_t count_of(const std::vector<CountBy>& counts, std::string_view key) {
  for (const CountBy& one : counts)
    if (one.key == key) return one.count;
  return 0;
}

void count_changes(SqliteDatabase& database, RunSummary& summary) {
  SQLite::Statement& rows = database.statement("changes_by_kind", summary.from, summary.until);
  while (rows.executeStep())
    (rows.getColumn(0).getInt() != 0 ? summary.new_suppressions : summary.ended_suppressions) =
        rows.getColumn(1).getInt64();
  rows.reset();
}

void count_retries(SqliteDatabase& database, RunSummary& summary) {
  SQLite::Statement& row = database.statement("count_retries", summary.until);
  if (row.executeStep()) {
    summary.retries_pending = row.getColumn(0).getInt64();
    summary.retries_due = row.getColumn(1).getInt64();
  }
  row.reset();
}

std::vector<RunRecord> last_runs(SqliteDatabase& database, UnixSeconds until) {
  std::vector<RunRecord> found;
  SQLite::Statement& row = database.statement("last_runs", until);
  while (row.executeStep())
    found.push_back({database.text(row.getColumn(0).getInt64()), row.getColumn(1).getInt64(),
                     row.getColumn(2).getInt64(), row.getColumn(3).getInt64(), row.getColumn(4).getInt64(),
                     row.getColumn(5).getInt64(), row.getColumn(6).getInt64(), row.getColumn(7).getInt64(),
                     row.getColumn(8).getInt64(), row.getColumn(9).getString()});
  row.reset();
  return found;
}

}  // namespace

void add_run(SqliteDatabase& database, const RunRecord& run) {
  database.run("insert_run", database.word(run.mailbox), run.started_at, run.ended_at, run.mails, run.bounces,
               run.duplicates, run.unrecognised, run.quarantined, run.suppressed, run.error);
}

RunSummary summary(SqliteDatabase& database, UnixSeconds from, UnixSeconds until) {
  RunSummary made;
  made.from = from;
  made.until = until;
  made.mails = database.number("count_mails", 0, from, until);
  made.events = database.number("count_events", 0, from, until);
  made.by_kind = counts(database, "mails_by_kind", from, until);
  made.distrusted = counts(database, "distrusted_by_cause", from, until);
  made.by_reason = counts(database, "events_by_reason", from, until);
  made.by_vendor = counts(database, "events_by_vendor", from, until);
  made.by_advice = counts(database, "events_by_advice", from, until);
  made.by_provider = counts(database, "events_by_provider", from, until);
  made.by_list = counts(database, "events_by_list", from, until);
  count_changes(database, made);
  made.active_suppressions = database.number("count_suppressions", 0);
  made.suppressions_by_reason = counts(database, "new_suppressions_by_reason", from, until);
  made.sample_suppressions = newest_suppressions(database, from, until);
  count_retries(database, made);
  made.sample_retries = first_retries(database);
  made.slowdowns = slowdowns(database, from, until);
  made.issues = issues(database, "open", from, until);
  made.issues_closed = database.number("count_closed_issues", 0, database.known_word("closed"), from, until);
  made.issues_muted = database.number("count_closed_issues", 0, database.known_word("muted"), 0, until);
  made.waves = waves(database, "");
  std::erase_if(made.waves, [&](const Wave& wave) { return !belongs_into_summary(wave, from, until); });
  made.permanent_not_suppressed = database.number("permanent_not_suppressed", 0, from, until);
  made.unknown_templates = database.number("count_unknown_in_range", 0, from, until);
  const std::vector<CountBy> disposals = counts(database, "mails_by_disposal", from, until);
  made.unrecognised = count_of(disposals, to_string(Disposal::unrecognised));
  made.quarantined = count_of(disposals, to_string(Disposal::quarantined));
  made.duplicates = database.number("count_again", 0, from, until);
  made.runs = last_runs(database, until);
  return made;
}

}  // namespace bounced::sqlite
