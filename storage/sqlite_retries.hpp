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
/// The first ones due of those decided before a time, at most summary_samples.
std::vector<Retry> first_retries(SqliteDatabase& database, UnixSeconds decided_before);

struct RetryNumbers {
  std::int64_t pending = 0, due = 0;
};
/// As noted last before a time; of today where nothing was ever noted.
RetryNumbers retry_numbers(SqliteDatabase& database, UnixSeconds before);
RetryNumbers retry_numbers_now(SqliteDatabase& database, UnixSeconds due_at);
void note_retries(SqliteDatabase& database, UnixSeconds at);

void slow_down(SqliteDatabase& database, const ProviderSlowdown& slowdown);
/// Those in force at some time of [from, until): "slowdowns" as they are, "slowdowns_at" as they stood then.
std::vector<ProviderSlowdown> slowdowns(SqliteDatabase& database, std::string_view statement,
                                        UnixSeconds from, UnixSeconds until);

}  // namespace bounced::sqlite
