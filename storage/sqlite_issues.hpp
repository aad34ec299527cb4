// Operator issues, in SQLite. Functions of the store's own; they throw SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

void report_issue(SqliteDatabase& database, const OperatorIssue& occurrence);
bool set_issue_state(SqliteDatabase& database, std::int64_t id, const std::string& state, UnixSeconds at);
std::int64_t close_quiet_issues(SqliteDatabase& database, UnixSeconds quiet_since, UnixSeconds at);
/// Those of `state` ("" = all), most frequent first.
std::vector<OperatorIssue> issues(SqliteDatabase& database, const std::string& state);
/// Issues as they stood at the end of a range: the open ones reported in it, and how many others there were.
struct IssuesOfRange {
  std::vector<OperatorIssue> open;  ///< most frequent in the range first
  std::int64_t closed = 0;          ///< closed in the range
  std::int64_t muted = 0;           ///< muted in it or before
};
IssuesOfRange issues_of_range(SqliteDatabase& database, UnixSeconds from, UnixSeconds until);

}  // namespace bounced::sqlite
