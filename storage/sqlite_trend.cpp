#include "storage/sqlite_trend.hpp"

#include <limits>
#include <unordered_map>

#include "storage/trend.hpp"

namespace bounced::sqlite {

void ReportCounts::count(const std::string& provider, UnixSeconds seen_at) {
  ++counts_[{trend_hour(seen_at), provider}];
}

void ReportCounts::write(SqliteDatabase& database) {
  for (const auto& [key, count] : counts_)
    database.run("count_reports", key.first, database.word(key.second), count);
  counts_.clear();
}

void add_trend(SqliteDatabase& database, RunSummary& summary) {
  const TrendRanges ranges(summary.from, summary.until);
  if (!ranges.exist()) return;
  TrendCounts all{};
  std::unordered_map<std::int64_t, TrendCounts> by_provider;
  std::vector<std::int64_t> providers;
  for (const ProviderFigures& one : summary.providers) {
    providers.push_back(database.known_word(one.provider));
    by_provider[providers.back()] = {};
  }
  SQLite::Statement& row =
      database.statement("provider_hours", ranges.first_hour(trend_ranges), ranges.first_hour(0));
  while (row.executeStep()) {
    const auto range = ranges.range_of(row.getColumn(0).getInt64());
    if (!range) continue;
    const std::int64_t count = row.getColumn(2).getInt64();
    all[*range] += count;
    const auto known = by_provider.find(row.getColumn(1).getInt64());
    if (known != by_provider.end()) known->second[*range] += count;
  }
  row.reset();
  const std::int64_t first = database.number("first_provider_hour", std::numeric_limits<std::int64_t>::max());
  summary.usual_events = trend_of(all, ranges, first);
  for (std::size_t i = 0; i < summary.providers.size(); ++i)
    summary.providers[i].usual = trend_of(by_provider.at(providers[i]), ranges, first);
}

}  // namespace bounced::sqlite
