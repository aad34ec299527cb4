#include "storage/sqlite_sendings.hpp"

namespace bounced::sqlite {
namespace {

SummarySending sending_row(SQLite::Statement& row) {
  SummarySending found;
  found.night = row.getColumn(0).getString();
  found.way = row.getColumn(1).getString();
  found.message_id = row.getColumn(2).getString();
  found.claimed_at = row.getColumn(3).getInt64();
  found.sent_at = row.getColumn(4).getInt64();
  found.attempts = row.getColumn(5).getInt();
  found.failures = row.getColumn(6).getInt();
  found.next_at = row.getColumn(7).getInt64();
  found.state = row.getColumn(8).getString();
  return found;
}

}  // namespace

std::optional<SummarySending> summary_sending(SqliteDatabase& database, const std::string& night,
                                              const std::string& way) {
  SQLite::Statement& row = database.statement("summary_sending", night, way);
  std::optional<SummarySending> found;
  if (row.executeStep()) found = sending_row(row);
  row.reset();
  return found;
}

std::vector<SummarySending> summary_sendings(SqliteDatabase& database) {
  std::vector<SummarySending> found;
  SQLite::Statement& row = database.statement("summary_sendings");
  while (row.executeStep()) found.push_back(sending_row(row));
  row.reset();
  return found;
}

void put_summary_sending(SqliteDatabase& database, const SummarySending& sending) {
  database.run("put_summary_sending", sending.night, sending.way, sending.message_id, sending.claimed_at,
               sending.sent_at, sending.attempts, sending.failures, sending.next_at, sending.state);
}

void note_sending_failure(SqliteDatabase& database, const SendingFailure& failure) {
  database.run("note_sending_failure", failure.at, failure.night, failure.way, failure.error);
}

std::vector<SendingFailure> sending_failures(SqliteDatabase& database, UnixSeconds from, UnixSeconds until) {
  std::vector<SendingFailure> found;
  SQLite::Statement& row = database.statement("sending_failures", from, until);
  while (row.executeStep())
    found.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getString(), row.getColumn(2).getString(),
                     row.getColumn(3).getString()});
  row.reset();
  return found;
}

}  // namespace bounced::sqlite
