// Reports of each provider by the hour, in SQLite, and the trend that they show. Functions of the store's
// own; they throw SQLite::Exception.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "storage/sqlite_database.hpp"
#include "storage/store.hpp"

namespace bounced::sqlite {

/// What a transaction counts, to be written once at its end.
class ReportCounts {
 public:
  void count(const std::string& provider, UnixSeconds seen_at);
  void write(SqliteDatabase& database);

 private:
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> counts_;  ///< by hour and provider
};

/// Fills in RunSummary::usual_events and ProviderFigures::usual of the providers that are there.
void add_trend(SqliteDatabase& database, RunSummary& summary);

}  // namespace bounced::sqlite
