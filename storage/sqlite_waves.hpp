// The circuit breaker's memory, in SQLite: counts of verdicts, waves, holds. Functions of the store's own;
// they throw SQLite::Exception.
#pragma once

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

std::vector<VerdictCount> verdict_counts(SqliteDatabase& database, WaveKind kind, const std::string& name);
void count_verdicts(SqliteDatabase& database, WaveKind kind, const std::string& name,
                    const VerdictCount& more, UnixSeconds now);
void forget_verdict_counts(SqliteDatabase& database, UnixSeconds before);

std::vector<Wave> waves_of(SqliteDatabase& database, WaveKind kind, const std::string& name);
std::vector<Wave> waves(SqliteDatabase& database, const std::string& state);
/// Those that belong into a summary over [from, until), as they stood at its end.
std::vector<Wave> waves_at(SqliteDatabase& database, UnixSeconds from, UnixSeconds until);
std::int64_t put_wave(SqliteDatabase& database, const Wave& wave);
void close_wave(SqliteDatabase& database, std::int64_t wave, const std::string& state, UnixSeconds at);

void hold(SqliteDatabase& database, const Hold& held);
std::vector<Hold> hold_made(SqliteDatabase& database, std::int64_t wave, const std::string& provider,
                            UnixSeconds from, UnixSeconds until, UnixSeconds now,
                            const std::function<bool(const Suppression&)>& belongs);
bool release(SqliteDatabase& database, std::int64_t wave, const std::string& address, const ManualAct& act);
bool discard(SqliteDatabase& database, std::int64_t wave, const std::string& address, const ManualAct& act);
void holds(SqliteDatabase& database, const HoldFilter& filter, const Each<Hold>& each);

}  // namespace bounced::sqlite
