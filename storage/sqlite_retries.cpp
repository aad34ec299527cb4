#include "storage/sqlite_retries.hpp"

#include "storage/sqlite_journal.hpp"

namespace bounced::sqlite {
namespace {

Retry retry_row(SqliteDatabase& database, SQLite::Statement& row) {
  Retry found;
  found.address = row.getColumn(0).getString();
  found.reason = reason_named(database.text(row.getColumn(1).getInt64())).value_or(Reason::unclassified);
  found.provider = database.text(row.getColumn(2).getInt64());
  found.list_id = database.text(row.getColumn(3).getInt64());
  found.attempts = row.getColumn(4).getInt();
  found.retry_after = row.getColumn(5).getInt64();
  found.decided_at = row.getColumn(6).getInt64();
  found.original_message_id = row.getColumn(7).getString();
  found.diagnostic = row.getColumn(8).getString();
  found.done_at = row.getColumn(9).getInt64();
  return found;
}

}  // namespace

void put_retry(SqliteDatabase& database, const Retry& retry) {
  database.run("put_retry", address_id(database, retry.address, retry.address),
               database.word(to_string(retry.reason)), database.word(retry.provider),
               database.word(retry.list_id), retry.attempts, retry.retry_after, retry.decided_at,
               retry.original_message_id, retry.diagnostic, retry.done_at);
}

std::optional<Retry> retry(SqliteDatabase& database, const std::string& address) {
  SQLite::Statement& row = database.statement("retry", address);
  std::optional<Retry> found;
  if (row.executeStep()) found = retry_row(database, row);
  row.reset();
  return found;
}

RetryMark finish_retry(SqliteDatabase& database, const std::string& address, UnixSeconds at, bool early) {
  const std::optional<Retry> known = retry(database, address);
  const RetryMark mark = mark_of(known ? &*known : nullptr, at, early);
  if (mark == RetryMark::marked) database.run("finish_retry", known_address_id(database, address), at);
  return mark;
}

void drop_retry(SqliteDatabase& database, const std::string& address) {
  database.run("delete_retry", known_address_id(database, address));
}

void retries(SqliteDatabase& database, UnixSeconds due_at, const Each<Retry>& each) {
  SQLite::Statement rows = database.own_statement("retries", due_at);
  while (rows.executeStep())
    if (!each(retry_row(database, rows))) return;
}

std::vector<Retry> first_retries(SqliteDatabase& database, UnixSeconds decided_before) {
  std::vector<Retry> found;
  SQLite::Statement& rows = database.statement("first_retries", decided_before, summary_samples);
  while (rows.executeStep()) found.push_back(retry_row(database, rows));
  rows.reset();
  return found;
}

RetryNumbers retry_numbers(SqliteDatabase& database, UnixSeconds before) {
  RetryNumbers numbers;
  SQLite::Statement& noted = database.statement("retries_noted", before);
  if (noted.executeStep()) {
    numbers = {noted.getColumn(0).getInt64(), noted.getColumn(1).getInt64()};
    noted.reset();
    return numbers;
  }
  noted.reset();
  // Where numbers were noted, but later only, nothing was pending yet.
  if (database.number("retries_ever_noted", 0) != 0) return numbers;
  return retry_numbers_now(database, before);
}

RetryNumbers retry_numbers_now(SqliteDatabase& database, UnixSeconds due_at) {
  RetryNumbers numbers;
  SQLite::Statement& row = database.statement("count_retries", due_at);
  if (row.executeStep()) numbers = {row.getColumn(0).getInt64(), row.getColumn(1).getInt64()};
  row.reset();
  return numbers;
}

void note_retries(SqliteDatabase& database, UnixSeconds at) {
  const RetryNumbers now = retry_numbers_now(database, at);
  database.run("note_retries", at, now.pending, now.due);
}

void slow_down(SqliteDatabase& database, const ProviderSlowdown& slowdown) {
  const std::int64_t provider = database.word(slowdown.provider);
  const std::int64_t reason = database.word(to_string(slowdown.reason));
  database.run("put_slowdown", provider, reason, slowdown.since, slowdown.until, slowdown.count);
  const UnixSeconds at = slowdown.reported_at != 0 ? slowdown.reported_at : slowdown.since;
  database.run("note_slowdown", provider, reason, at);
}

std::vector<ProviderSlowdown> slowdowns(SqliteDatabase& database, std::string_view statement,
                                        UnixSeconds from, UnixSeconds until) {
  std::vector<ProviderSlowdown> found;
  SQLite::Statement& rows = database.statement(statement, from, until);
  while (rows.executeStep())
    found.push_back({database.text(rows.getColumn(0).getInt64()),
                     reason_named(database.text(rows.getColumn(1).getInt64())).value_or(Reason::unclassified),
                     rows.getColumn(2).getInt64(), rows.getColumn(3).getInt64(), rows.getColumn(4).getInt64(),
                     0});
  rows.reset();
  return found;
}

}  // namespace bounced::sqlite
