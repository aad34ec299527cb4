// Pages of the summary on their way, in SQLite. Functions of the store's own; they throw SQLite::Exception.
#pragma once

#include <optional>

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

std::optional<SummarySending> summary_sending(SqliteDatabase& database, const std::string& night,
                                              const std::string& way);
std::vector<SummarySending> summary_sendings(SqliteDatabase& database);
void put_summary_sending(SqliteDatabase& database, const SummarySending& sending);
void note_sending_failure(SqliteDatabase& database, const SendingFailure& failure);
/// Those of [from, until), oldest first.
std::vector<SendingFailure> sending_failures(SqliteDatabase& database, UnixSeconds from, UnixSeconds until);

}  // namespace bounced::sqlite
