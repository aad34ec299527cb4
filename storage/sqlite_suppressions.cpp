#include "storage/sqlite_suppressions.hpp"

#include "storage/sqlite_journal.hpp"
#include "storage/suppression_weight.hpp"

namespace bounced::sqlite {
namespace {

void put(SqliteDatabase& database, std::int64_t address, const Suppression& made) {
  database.run("put_suppression", address, database.word(to_string(made.reason)),
               database.word(to_string(made.confidence)), database.word(made.status),
               database.word(made.vendor), database.word(made.rule), database.word(made.source),
               database.word(made.scope), database.word(made.mailbox), made.count, made.first_seen,
               made.last_seen, made.decided_at, made.expires_at, made.event_id, made.message_id,
               made.diagnostic, made.note, database.word(made.provider), database.word(made.batch));
}

/// What `suppress` needs to know of a suppression that is there already.
struct Standing {
  std::string source, scope;
};

std::optional<Standing> standing(SqliteDatabase& database, std::int64_t address) {
  SQLite::Statement& row = database.statement("suppression_state", address);
  std::optional<Standing> found;
  if (row.executeStep())
    found = Standing{database.text(row.getColumn(0).getInt64()), database.text(row.getColumn(1).getInt64())};
  row.reset();
  return found;
}

/// A suppression that another one replaced, and its number.
struct Replaced {
  std::int64_t number = 0;
  Suppression suppression;
};

std::vector<Replaced> replaced_rows(SqliteDatabase& database, SQLite::Statement& rows) {
  std::vector<Replaced> found;
  while (rows.executeStep())
    found.push_back({rows.getColumn(21).getInt64(), suppression_row(database, rows)});
  rows.reset();
  return found;
}

/// Ends the suppression of an address and tells the targets.
void end(SqliteDatabase& database, std::int64_t address, const std::string& why, UnixSeconds at,
         std::int64_t reason, std::int64_t scope) {
  database.run("delete_suppression", address);
  database.run("forget_replaced_of_address", address);
  database.run("address_reset", address, at);
  database.run("insert_change", address, false, reason, scope, at, 0, why, 0, false);
}

}  // namespace

Suppression suppression_row(SqliteDatabase& database, SQLite::Statement& row) {
  const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
  Suppression found;
  found.address = row.getColumn(0).getString();
  found.address_as_written = row.getColumn(1).getString();
  if (found.address_as_written.empty()) found.address_as_written = found.address;
  found.reason = reason_named(text(2)).value_or(Reason::unclassified);
  found.confidence = named<Confidence>(confidence_names, text(3)).value_or(Confidence::none);
  found.status = text(4);
  found.diagnostic = row.getColumn(5).getString();
  found.vendor = text(6);
  found.rule = text(7);
  found.source = text(8);
  found.scope = text(9);
  found.mailbox = text(10);
  found.message_id = row.getColumn(11).getString();
  found.note = row.getColumn(12).getString();
  found.count = row.getColumn(13).getInt();
  found.first_seen = row.getColumn(14).getInt64();
  found.last_seen = row.getColumn(15).getInt64();
  found.decided_at = row.getColumn(16).getInt64();
  found.expires_at = row.getColumn(17).getInt64();
  found.event_id = row.getColumn(18).getInt64();
  found.provider = text(19);
  found.batch = text(20);
  return found;
}

void suppress(SqliteDatabase& database, const Suppression& suppression) {
  const std::int64_t address = address_id(database, suppression.address, suppression.address_as_written);
  const std::optional<Standing> before = standing(database, address);
  if (before && suppression_weight(before->source, before->scope) >=
                    suppression_weight(suppression.source, suppression.scope)) {
    database.run("refresh_suppression", address, suppression.count, suppression.first_seen,
                 suppression.last_seen);
    return;
  }
  if (before) database.run("keep_replaced", address);
  put(database, address, suppression);
  if (before && before->scope == suppression.scope) return;
  database.run("insert_change", address, true, database.word(to_string(suppression.reason)),
               database.word(suppression.scope), suppression.decided_at, suppression.event_id,
               suppression.note, database.word(to_string(suppression.confidence)), before.has_value());
}

bool unsuppress(SqliteDatabase& database, const std::string& address, const std::string& why, UnixSeconds at,
                bool force) {
  const std::optional<Suppression> before = suppression(database, address);
  if (!before || (before->source == "complaint" && !force)) return false;
  end(database, known_address_id(database, address), why, at, database.word(to_string(before->reason)),
      database.word(before->scope));
  return true;
}

std::int64_t expire(SqliteDatabase& database, UnixSeconds now) {
  struct Expired {
    std::int64_t address, reason, scope;
  };
  std::vector<Expired> expired;
  SQLite::Statement& rows = database.statement("expired_suppressions", now);
  while (rows.executeStep())
    expired.push_back(
        {rows.getColumn(0).getInt64(), rows.getColumn(1).getInt64(), rows.getColumn(2).getInt64()});
  rows.reset();
  for (const Expired& one : expired) end(database, one.address, "expired", now, one.reason, one.scope);
  return static_cast<std::int64_t>(expired.size());
}

std::int64_t forget_replaced(SqliteDatabase& database, const SuppressionFilter& which) {
  std::vector<std::int64_t> selected;
  SQLite::Statement& rows = database.statement("replaced_suppressions");
  while (rows.executeStep())
    if (selects(which, suppression_row(database, rows))) selected.push_back(rows.getColumn(21).getInt64());
  rows.reset();
  for (const std::int64_t number : selected) database.run("forget_replaced", number);
  return static_cast<std::int64_t>(selected.size());
}

void give_way(SqliteDatabase& database, const Suppression& in_force, UnixSeconds at, const std::string& why) {
  const std::int64_t id = known_address_id(database, in_force.address);
  database.run("delete_suppression", id);
  std::optional<Suppression> back;
  const auto replaced = replaced_rows(database, database.statement("replaced_of_address", id));
  for (auto one = replaced.rbegin(); one != replaced.rend() && !back; ++one) {
    const UnixSeconds expires_at = one->suppression.expires_at;
    if (expires_at == 0 || expires_at > at) {
      database.run("restore_suppression", one->number);
      back = one->suppression;
    }
    database.run("forget_replaced", one->number);
  }
  if (back && back->scope == in_force.scope) return;
  database.run("insert_change", id, false, database.word(to_string(in_force.reason)),
               database.word(in_force.scope), at, 0, why, 0, false);
  if (back)
    database.run("insert_change", id, true, database.word(to_string(back->reason)),
                 database.word(back->scope), at, back->event_id, back->note,
                 database.word(to_string(back->confidence)), false);
}

bool revoke(SqliteDatabase& database, const std::string& address, const SuppressionFilter& which,
            const ManualAct& act) {
  const std::optional<Suppression> taken = suppression(database, address);
  if (!taken || !selects(which, *taken)) return false;
  const std::int64_t id = known_address_id(database, address);
  database.run("note_act", id, act.id);
  give_way(database, *taken, act.at, act.why);
  return true;
}

bool take_back(SqliteDatabase& database, const std::string& address, const SuppressionFilter& which,
               const ManualAct& act) {
  if (!revoke(database, address, which, act)) return false;
  database.run("address_reset", known_address_id(database, address), act.at);
  return true;
}

std::vector<Suppression> replaced_suppressions(SqliteDatabase& database, const std::string& address) {
  std::vector<Suppression> found;
  for (Replaced& one : replaced_rows(
           database, database.statement("replaced_of_address", known_address_id(database, address))))
    found.push_back(std::move(one.suppression));
  return found;
}

std::optional<Suppression> suppression(SqliteDatabase& database, const std::string& address) {
  SQLite::Statement& row = database.statement("suppression", address);
  std::optional<Suppression> found;
  if (row.executeStep()) found = suppression_row(database, row);
  row.reset();
  return found;
}

void suppressions(SqliteDatabase& database, const SuppressionFilter& filter, const Each<Suppression>& each) {
  SQLite::Statement rows = database.own_statement(
      "suppressions", filter.reason ? database.known_word(to_string(*filter.reason)) : 0,
      database.known_word(filter.domain), database.known_word(filter.source), filter.decided_since,
      filter.decided_until, filter.scope ? static_cast<int>(*filter.scope) : -1, filter.after);
  while (rows.executeStep()) {
    const Suppression row = suppression_row(database, rows);
    if (selects(filter, row) && !each(row)) return;
  }
}

OutboxChange change_row(SqliteDatabase& database, SQLite::Statement& row) {
  const auto text = [&](int column) { return database.text(row.getColumn(column).getInt64()); };
  OutboxChange change;
  change.number = row.getColumn(0).getInt64();
  change.address = row.getColumn(1).getString();
  change.suppressed = row.getColumn(2).getInt() != 0;
  change.reason = reason_named(text(3)).value_or(Reason::unclassified);
  change.scope = text(4);
  change.at = row.getColumn(5).getInt64();
  change.why = row.getColumn(6).getString();
  change.event_id = row.getColumn(7).getInt64();
  change.confidence = named<Confidence>(confidence_names, text(8)).value_or(Confidence::none);
  change.list_id = text(9);
  return change;
}

void changes(SqliteDatabase& database, std::int64_t after, const Each<OutboxChange>& each) {
  SQLite::Statement rows = database.own_statement("changes", after);
  while (rows.executeStep())
    if (!each(change_row(database, rows))) return;
}

}  // namespace bounced::sqlite
