// Retries and slow-downs, in SQLite. Functions of the store's own; they throw SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

void put_retry(SqliteDatabase& database, const Retry& retry);
void drop_retry(SqliteDatabase& database, const std::string& address);
std::optional<Retry> retry(SqliteDatabase& database, const std::string& address);
RetryMark finish_retry(SqliteDatabase& database, const std::string& address, UnixSeconds at, bool early);
void retries(SqliteDatabase& database, UnixSeconds due_at, const Each<Retry>& each);
/// The first ones due, at most summary_samples.
std::vector<Retry> first_retries(SqliteDatabase& database);

void slow_down(SqliteDatabase& database, const ProviderSlowdown& slowdown);
/// Those in force at some time of [from, until).
std::vector<ProviderSlowdown> slowdowns(SqliteDatabase& database, UnixSeconds from, UnixSeconds until);

}  // namespace bounced::sqlite
