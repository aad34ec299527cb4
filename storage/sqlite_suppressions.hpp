// Suppressions and the outbox of their changes, in SQLite. Functions of the store's own; they throw
// SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

void suppress(SqliteDatabase& database, const Suppression& suppression);
bool unsuppress(SqliteDatabase& database, const std::string& address, const std::string& why, UnixSeconds at,
                bool force);
std::int64_t expire(SqliteDatabase& database, UnixSeconds now);
std::int64_t forget_replaced(SqliteDatabase& database, const SuppressionFilter& which);
bool revoke(SqliteDatabase& database, const std::string& address, const SuppressionFilter& which,
            const ManualAct& act);
bool take_back(SqliteDatabase& database, const std::string& address, const SuppressionFilter& which,
               const ManualAct& act);

/// Ends the suppression of an address that is in force, and lets the one it replaced last return, if that has
/// not expired by `at`; the outbox tells it. The counters stay as they are.
void give_way(SqliteDatabase& database, const Suppression& in_force, UnixSeconds at, const std::string& why);

/// Reads the columns that the statements "suppression", "suppressions", "holds" and those of replaced ones
/// begin with.
Suppression suppression_row(SqliteDatabase& database, SQLite::Statement& row);
std::optional<Suppression> suppression(SqliteDatabase& database, const std::string& address);
void suppressions(SqliteDatabase& database, const SuppressionFilter& filter, const Each<Suppression>& each);
std::vector<Suppression> replaced_suppressions(SqliteDatabase& database, const std::string& address);
/// Reads the columns that the statements "changes", "sync_changes", "sync_waiting" and "last_change_of" begin
/// with.
OutboxChange change_row(SqliteDatabase& database, SQLite::Statement& row);
void changes(SqliteDatabase& database, std::int64_t after, const Each<OutboxChange>& each);

}  // namespace bounced::sqlite
