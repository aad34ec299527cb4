// Counts of rows that are gone, in SQLite.
#pragma once

#include "storage/records.hpp"
#include "storage/sqlite_database.hpp"

namespace bounced::sqlite {

/// Adds to a summary what was rolled into counts: whole days of UTC that begin within its range.
void add_rolled(SqliteDatabase& database, RunSummary& summary);

}  // namespace bounced::sqlite
