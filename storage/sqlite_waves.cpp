#include "storage/sqlite_waves.hpp"

#include "storage/sqlite_journal.hpp"
#include "storage/sqlite_suppressions.hpp"

namespace bounced::sqlite {
namespace {

std::int64_t known_key(SqliteDatabase& database, WaveKind kind, const std::string& name) {
  return database.number("verdict_key", -1, database.known_word(to_string(kind)), name);
}

std::int64_t key_of(SqliteDatabase& database, WaveKind kind, const std::string& name) {
  const std::int64_t known = known_key(database, kind, name);
  if (known >= 0) return known;
  database.run("insert_verdict_key", database.word(to_string(kind)), name);
  return database.last_insert_id();
}

std::vector<Wave> wave_rows(SqliteDatabase& database, SQLite::Statement& row) {
  std::vector<Wave> found;
  while (row.executeStep()) {
    Wave wave;
    wave.id = row.getColumn(0).getInt64();
    wave.kind = named<WaveKind>(wave_kind_names, database.text(row.getColumn(1).getInt64()))
                    .value_or(WaveKind::provider);
    wave.state = database.text(row.getColumn(2).getInt64());
    wave.first_at = row.getColumn(3).getInt64();
    wave.last_at = row.getColumn(4).getInt64();
    wave.tripped_at = row.getColumn(5).getInt64();
    wave.told_at = row.getColumn(6).getInt64();
    wave.decided_at = row.getColumn(7).getInt64();
    wave.count = row.getColumn(8).getInt64();
    wave.bound = row.getColumn(9).getInt64();
    wave.usual = row.getColumn(10).getInt64();
    wave.name = row.getColumn(11).getString();
    wave.sample = row.getColumn(12).getString();
    wave.held = row.getColumn(13).getInt64();
    found.push_back(std::move(wave));
  }
  row.reset();
  return found;
}

/// Reads the columns of "holds".
Hold hold_row(SqliteDatabase& database, SQLite::Statement& row) {
  return {row.getColumn(22).getInt64(), row.getColumn(21).getInt64(), suppression_row(database, row)};
}

/// A hold, and what its address went through meanwhile.
struct Waiting {
  Hold hold;
  UnixSeconds soft_reset_at = 0;
};

std::optional<Waiting> waiting(SqliteDatabase& database, std::int64_t wave, std::int64_t address) {
  SQLite::Statement& row = database.statement("hold", wave, address);
  std::optional<Waiting> found;
  if (row.executeStep()) found = Waiting{hold_row(database, row), row.getColumn(23).getInt64()};
  row.reset();
  return found;
}

}  // namespace

std::vector<VerdictCount> verdict_counts(SqliteDatabase& database, WaveKind kind, const std::string& name) {
  std::vector<VerdictCount> found;
  const std::int64_t key = known_key(database, kind, name);
  if (key < 0) return found;
  SQLite::Statement& row = database.statement("verdict_counts", key);
  while (row.executeStep())
    found.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt64(), row.getColumn(2).getInt64()});
  row.reset();
  return found;
}

void count_verdicts(SqliteDatabase& database, WaveKind kind, const std::string& name,
                    const VerdictCount& more, UnixSeconds now) {
  database.run("count_verdicts", key_of(database, kind, name), more.slot, more.usual, more.in_wave, now);
}

void forget_verdict_counts(SqliteDatabase& database, UnixSeconds before) {
  if (database.run("forget_verdict_counts", before / slot_seconds, before) > 0)
    database.run("forget_verdict_keys");
}

std::vector<Wave> waves_of(SqliteDatabase& database, WaveKind kind, const std::string& name) {
  return wave_rows(database, database.statement("waves_of", database.known_word(to_string(kind)), name));
}

std::vector<Wave> waves(SqliteDatabase& database, const std::string& state) {
  return wave_rows(database, database.statement("waves", database.known_word(state)));
}

std::vector<Wave> waves_at(SqliteDatabase& database, UnixSeconds from, UnixSeconds until) {
  std::vector<Wave> found = waves(database, "");
  std::erase_if(found, [&](const Wave& wave) { return wave.tripped_at >= until; });
  for (Wave& wave : found) {
    if (wave.decided_at >= until) {
      wave.state = "open";
      wave.decided_at = 0;
    }
    if (wave.told_at >= until) wave.told_at = 0;
    wave.held = database.number("holds_before", 0, wave.id, until) +
                database.number("settled_since", 0, wave.id, until);
    if (wave.last_at < until) continue;
    SQLite::Statement& earlier = database.statement("wave_report_before", wave.id, until);
    if (earlier.executeStep()) {
      wave.last_at = earlier.getColumn(0).getInt64();
      wave.count = earlier.getColumn(1).getInt64();
    }
    earlier.reset();
  }
  std::erase_if(found, [&](const Wave& wave) { return !belongs_into_summary(wave, from, until); });
  return found;
}

std::int64_t put_wave(SqliteDatabase& database, const Wave& wave) {
  if (wave.id != 0) {
    database.run("update_wave", wave.id, wave.first_at, wave.last_at, wave.told_at, wave.count);
    return wave.id;
  }
  database.run("insert_wave", database.word(to_string(wave.kind)), database.word(wave.state), wave.first_at,
               wave.last_at, wave.tripped_at, wave.told_at, wave.decided_at, wave.count, wave.bound,
               wave.usual, wave.name, wave.sample);
  return database.last_insert_id();
}

void close_wave(SqliteDatabase& database, std::int64_t wave, const std::string& state, UnixSeconds at) {
  database.run("close_wave", wave, database.word(state), at);
  if (state == "released") database.run("clear_wave", wave);
}

void hold(SqliteDatabase& database, const Hold& held) {
  const Suppression& one = held.suppression;
  database.run("put_hold", held.wave, address_id(database, one.address, one.address_as_written), held.at,
               database.word(to_string(one.reason)), database.word(to_string(one.confidence)),
               database.word(one.status), database.word(one.vendor), database.word(one.rule),
               database.word(one.source), database.word(one.scope), database.word(one.mailbox), one.count,
               one.first_seen, one.last_seen, one.decided_at, one.expires_at, one.event_id, one.message_id,
               one.diagnostic, one.note, database.word(one.provider), database.word(one.batch));
}

std::vector<Hold> hold_made(SqliteDatabase& database, std::int64_t wave, const std::string& provider,
                            UnixSeconds from, UnixSeconds until, UnixSeconds now,
                            const std::function<bool(const Suppression&)>& belongs) {
  std::vector<Hold> held;
  SQLite::Statement& row = database.statement("holdable", database.known_word(provider), from, until,
                                              database.known_word("policy"));
  while (row.executeStep()) {
    Suppression one = suppression_row(database, row);
    if (belongs(one)) held.push_back({wave, row.getColumn(21).getInt64(), std::move(one)});
  }
  row.reset();
  const std::int64_t held_word = database.word("held");
  for (const Hold& one : held) {
    give_way(database, one.suppression, now, "held: it belongs to wave " + std::to_string(wave));
    hold(database, one);
    database.run("mark_event", one.suppression.event_id, wave, held_word);
  }
  return held;
}

bool release(SqliteDatabase& database, std::int64_t wave, const std::string& address, const ManualAct& act) {
  const std::int64_t id = known_address_id(database, address);
  const auto found = waiting(database, wave, id);
  if (!found) return false;
  database.run("note_act_on_hold", wave, id, act.id);
  database.run("delete_hold", wave, id);
  database.run("note_settled", wave, act.at);
  database.run("mark_events_of_address", wave, id, 0);
  Suppression made = found->hold.suppression;
  const bool is_over = made.expires_at != 0 && made.expires_at <= act.at;
  if (is_over || found->soft_reset_at >= found->hold.at) return false;
  made.decided_at = act.at;
  suppress(database, made);
  return true;
}

bool discard(SqliteDatabase& database, std::int64_t wave, const std::string& address, const ManualAct& act) {
  const std::int64_t id = known_address_id(database, address);
  database.run("note_act_on_hold", wave, id, act.id);
  if (database.run("delete_hold", wave, id) == 0) return false;
  database.run("note_settled", wave, act.at);
  database.run("mark_events_of_address", wave, id, -wave);
  return true;
}

void holds(SqliteDatabase& database, const HoldFilter& filter, const Each<Hold>& each) {
  const std::int64_t address = filter.address.empty() ? 0 : known_address_id(database, filter.address);
  SQLite::Statement rows = database.own_statement("holds", filter.wave, address, filter.after_wave);
  while (rows.executeStep()) {
    const Hold row = hold_row(database, rows);
    if (selects(filter, row) && !each(row)) return;
  }
}

}  // namespace bounced::sqlite
