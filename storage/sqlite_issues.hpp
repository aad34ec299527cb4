// Operator issues, in SQLite. Functions of the store's own; they throw SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

void report_issue(SqliteDatabase& database, const OperatorIssue& occurrence);
bool set_issue_state(SqliteDatabase& database, std::int64_t id, const std::string& state, UnixSeconds at);
std::int64_t close_quiet_issues(SqliteDatabase& database, UnixSeconds quiet_since, UnixSeconds at);
/// Those of `state` ("" = all) that were seen or reported in [from, until); `until` 0 = no bound. Most
/// frequent first.
std::vector<OperatorIssue> issues(SqliteDatabase& database, const std::string& state, UnixSeconds from,
                                  UnixSeconds until);

}  // namespace bounced::sqlite
