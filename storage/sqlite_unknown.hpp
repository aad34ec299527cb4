// Replies that no rule knows, in SQLite. Functions of the store's own; they throw SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

void note_unknown(SqliteDatabase& database, const UnknownTemplate& occurrence);
std::vector<UnknownTemplate> unknown_templates(SqliteDatabase& database);

}  // namespace bounced::sqlite
