// Forgetting addresses, in SQLite.
#pragma once

#include <memory>

#include "storage/forget_store.hpp"
#include "storage/sqlite_database.hpp"

namespace bounced {

/// `database` and `transaction_open` (true while the store has a transaction) outlive it.
std::unique_ptr<ForgetStore> make_sqlite_forgetting(SqliteDatabase& database, const bool& transaction_open);

}  // namespace bounced
