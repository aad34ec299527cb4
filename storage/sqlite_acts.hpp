// What people did to suppressions, in SQLite. Functions of the store's own; they throw SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

std::int64_t record_act(SqliteDatabase& database, const ManualAct& act);
void note_act(SqliteDatabase& database, std::int64_t act_id, const std::string& address);
std::vector<ActOnAddress> acts_on(SqliteDatabase& database, const std::string& address);

}  // namespace bounced::sqlite
