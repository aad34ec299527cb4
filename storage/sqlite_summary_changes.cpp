// What a summary tells of suppressions: read off the outbox, which says what changed and never changes
// itself.
#include <algorithm>
#include <map>

#include "storage/sqlite_summary.hpp"

namespace bounced::sqlite {
namespace {

void count_changes(SqliteDatabase& database, RunSummary& summary) {
  SQLite::Statement& rows = database.statement("changes_by_kind", summary.from, summary.until);
  while (rows.executeStep())
    (rows.getColumn(0).getInt() != 0 ? summary.new_suppressions : summary.ended_suppressions) =
        rows.getColumn(1).getInt64();
  rows.reset();
  summary.active_suppressions =
      database.number("count_suppressions", 0) - database.number("change_of_count", 0, summary.until);
  if (summary.ended_suppressions > 0)
    summary.expired_suppressions = database.number("count_expired", 0, summary.from, summary.until);
}

/// Counts the reasons, and gives back the changes to sample, newest first.
std::vector<std::int64_t> read_made(SqliteDatabase& database, RunSummary& summary) {
  std::map<std::int64_t, std::int64_t> by_reason;
  std::vector<std::int64_t> sample;
  SQLite::Statement& row = database.statement("made_suppressions", summary.from, summary.until);
  while (row.executeStep())
    if (++by_reason[row.getColumn(1).getInt64()] <= summary_samples_of_reason &&
        sample.size() < summary_samples)
      sample.push_back(row.getColumn(2).getInt64());
  row.reset();
  for (const auto& [reason, count] : by_reason)
    summary.suppressions_by_reason.push_back({database.text(reason), count});
  put_in_order(summary.suppressions_by_reason);
  return sample;
}

/// Who made a suppression that no event made stands in the act.
std::string source_of(SqliteDatabase& database, const Suppression& made, std::int64_t act_source) {
  if (made.event_id != 0) return made.reason == Reason::complaint ? "complaint" : "policy";
  return act_source == 0 ? "manual" : database.text(act_source);
}

void add_sample(SqliteDatabase& database, std::int64_t number, RunSummary& summary) {
  SQLite::Statement& row = database.statement("made_suppression", number);
  if (row.executeStep()) {
    const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
    Suppression made;
    made.address = row.getColumn(0).getString();
    made.address_as_written = row.getColumn(1).getString();
    if (made.address_as_written.empty()) made.address_as_written = made.address;
    made.reason = reason_named(text(2)).value_or(Reason::unclassified);
    made.scope = text(3);
    made.decided_at = row.getColumn(4).getInt64();
    made.note = row.getColumn(5).getString();
    made.event_id = row.getColumn(6).getInt64();
    made.status = text(7);
    made.diagnostic = row.getColumn(8).getString();
    made.vendor = text(9);
    made.rule = text(10);
    made.provider = text(11);
    made.source = source_of(database, made, row.getColumn(12).getInt64());
    summary.sample_suppressions.push_back(std::move(made));
  }
  row.reset();
}

void add_acts(SqliteDatabase& database, RunSummary& summary) {
  SQLite::Statement& row = database.statement("acts_of_range", summary.from, summary.until, summary_samples);
  while (row.executeStep()) {
    const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
    ActInSummary one;
    one.act = {row.getColumn(0).getInt64(),  row.getColumn(1).getInt64(), text(2), text(3),
               row.getColumn(4).getString(), row.getColumn(5).getString()};
    one.addresses = row.getColumn(6).getInt64();
    summary.acts.push_back(std::move(one));
  }
  row.reset();
  std::reverse(summary.acts.begin(), summary.acts.end());
}

}  // namespace

void add_changes(SqliteDatabase& database, RunSummary& summary) {
  count_changes(database, summary);
  for (const std::int64_t number : read_made(database, summary)) add_sample(database, number, summary);
  add_acts(database, summary);
}

}  // namespace bounced::sqlite
