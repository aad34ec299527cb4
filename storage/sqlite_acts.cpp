#include "storage/sqlite_acts.hpp"

#include "storage/sqlite_journal.hpp"

namespace bounced::sqlite {

std::int64_t record_act(SqliteDatabase& database, const ManualAct& act) {
  database.run("insert_act", act.at, database.word(act.what), database.word(act.who), act.why, act.detail);
  return database.last_insert_id();
}

void note_act(SqliteDatabase& database, std::int64_t act_id, const std::string& address) {
  database.run("note_act", known_address_id(database, address), act_id);
}

std::vector<ActOnAddress> acts_on(SqliteDatabase& database, const std::string& address) {
  std::vector<ActOnAddress> found;
  SQLite::Statement& row = database.statement("acts_on", address);
  while (row.executeStep()) {
    const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
    ActOnAddress one;
    one.act.id = row.getColumn(0).getInt64();
    one.act.at = row.getColumn(1).getInt64();
    one.act.what = text(2);
    one.act.who = text(3);
    one.act.why = row.getColumn(4).getString();
    one.act.detail = row.getColumn(5).getString();
    one.reason = reason_named(text(6)).value_or(Reason::unclassified);
    one.source = text(7);
    one.scope = text(8);
    one.decided_at = row.getColumn(9).getInt64();
    found.push_back(std::move(one));
  }
  row.reset();
  return found;
}

}  // namespace bounced::sqlite
