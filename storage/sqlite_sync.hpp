// What sync targets have been told, in SQLite.
#pragma once

#include <memory>

#include "storage/sqlite_database.hpp"
#include "storage/sync_store.hpp"

namespace bounced {

/// `database` and `transaction_open` (true while the store has a transaction) outlive it.
std::unique_ptr<SyncStore> make_sqlite_sync(SqliteDatabase& database, SqliteDatabase::Mode mode,
                                            const bool& transaction_open);

}  // namespace bounced
