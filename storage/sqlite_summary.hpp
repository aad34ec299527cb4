// The figures of a summary, and the runs it tells of, in SQLite. Functions of the store's own; they throw
// SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

void add_run(SqliteDatabase& database, const RunRecord& run);
RunSummary summary(SqliteDatabase& database, UnixSeconds from, UnixSeconds until);

}  // namespace bounced::sqlite
