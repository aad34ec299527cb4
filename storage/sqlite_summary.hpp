// The figures of a summary, and the runs it tells of, in SQLite. Functions of the store's own; they throw
// SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

void add_run(SqliteDatabase& database, const RunRecord& run);
RunSummary summary(SqliteDatabase& database, UnixSeconds from, UnixSeconds until);

/// The part of a summary that is read off its events: one look at each (sqlite_summary_events.cpp).
void add_events(SqliteDatabase& database, RunSummary& summary);
/// The part about changes of suppressions, and who made them (sqlite_summary_changes.cpp).
void add_changes(SqliteDatabase& database, RunSummary& summary);

/// Counts in the order that RunSummary promises.
void put_in_order(std::vector<CountBy>& counts);

}  // namespace bounced::sqlite
