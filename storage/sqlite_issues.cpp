#include "storage/sqlite_issues.hpp"

namespace bounced::sqlite {

void report_issue(SqliteDatabase& database, const OperatorIssue& occurrence) {
  database.run("put_issue", database.word(occurrence.provider), database.word(to_string(occurrence.reason)),
               database.word(occurrence.vendor), database.word(occurrence.rule), database.word("open"),
               occurrence.count, occurrence.first_seen, occurrence.last_seen, occurrence.reported_at,
               occurrence.normalised_text, occurrence.sample_text, occurrence.remedy, occurrence.remedy_url,
               database.word("muted"), database.word("closed"));
}

bool set_issue_state(SqliteDatabase& database, std::int64_t id, const std::string& state, UnixSeconds at) {
  return database.run("set_issue_state", id, database.word(state), at) > 0;
}

std::int64_t close_quiet_issues(SqliteDatabase& database, UnixSeconds quiet_since, UnixSeconds at) {
  return database.run("close_quiet_issues", quiet_since, at, database.word("open"), database.word("closed"));
}

std::vector<OperatorIssue> issues(SqliteDatabase& database, const std::string& state) {
  std::vector<OperatorIssue> found;
  SQLite::Statement& row = database.statement("issues", database.known_word(state));
  while (row.executeStep()) {
    const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
    OperatorIssue issue;
    issue.id = row.getColumn(0).getInt64();
    issue.provider = text(1);
    issue.reason = reason_named(text(2)).value_or(Reason::unclassified);
    issue.vendor = text(3);
    issue.rule = text(4);
    issue.state = text(5);
    issue.count = row.getColumn(6).getInt64();
    issue.first_seen = row.getColumn(7).getInt64();
    issue.last_seen = row.getColumn(8).getInt64();
    issue.reported_at = row.getColumn(9).getInt64();
    issue.normalised_text = row.getColumn(10).getString();
    issue.sample_text = row.getColumn(11).getString();
    issue.remedy = row.getColumn(12).getString();
    issue.remedy_url = row.getColumn(13).getString();
    issue.state_at = row.getColumn(14).getInt64();
    found.push_back(std::move(issue));
  }
  row.reset();
  return found;
}

namespace {

std::vector<OperatorIssue> open_issues_reported(SqliteDatabase& database, UnixSeconds from,
                                                UnixSeconds until) {
  std::vector<OperatorIssue> found;
  SQLite::Statement& row = database.statement("issues_reported", from, until);
  while (row.executeStep()) {
    const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
    OperatorIssue issue;
    issue.state = text(14);
    if (issue.state.empty()) issue.state = "open";
    if (issue.state != "open") continue;
    issue.id = row.getColumn(0).getInt64();
    issue.provider = text(1);
    issue.reason = reason_named(text(2)).value_or(Reason::unclassified);
    issue.vendor = text(3);
    issue.rule = text(4);
    issue.in_range = row.getColumn(5).getInt64();
    issue.first_seen = row.getColumn(6).getInt64();
    issue.normalised_text = row.getColumn(7).getString();
    issue.sample_text = row.getColumn(8).getString();
    issue.remedy = row.getColumn(9).getString();
    issue.remedy_url = row.getColumn(10).getString();
    issue.count = row.getColumn(11).getInt64();
    issue.last_seen = row.getColumn(12).getInt64();
    issue.reported_at = row.getColumn(13).getInt64();
    issue.state_at = row.getColumn(15).getInt64();
    found.push_back(std::move(issue));
  }
  row.reset();
  return found;
}

}  // namespace

IssuesOfRange issues_of_range(SqliteDatabase& database, UnixSeconds from, UnixSeconds until) {
  IssuesOfRange made;
  made.open = open_issues_reported(database, from, until);
  SQLite::Statement& row = database.statement("issue_states_at", until);
  while (row.executeStep()) {
    const std::string state = database.text(row.getColumn(0).getInt64());
    made.closed += state == "closed" && row.getColumn(1).getInt64() >= from;
    made.muted += state == "muted";
  }
  row.reset();
  return made;
}

}  // namespace bounced::sqlite
