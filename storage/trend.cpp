#include "storage/trend.hpp"

#include <algorithm>

namespace bounced {
namespace {

/// The median of the first `many`; between the two in the middle, rounded down.
std::int64_t median(const TrendCounts& counts, int many) {
  TrendCounts sorted = counts;
  std::sort(sorted.begin(), sorted.begin() + many);
  const auto middle = static_cast<std::size_t>(many / 2);
  return many % 2 != 0 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace

std::optional<std::size_t> TrendRanges::range_of(std::int64_t hour) const {
  if (!exist() || hour >= first_hour(0) || hour < first_hour(trend_ranges)) return {};
  for (int back = 1; back <= trend_ranges; ++back)
    if (hour >= first_hour(back)) return static_cast<std::size_t>(back - 1);
  return {};
}

Trend trend_of(const TrendCounts& counts, const TrendRanges& ranges, std::int64_t first_hour) {
  constexpr int week = trend_ranges / trend_weeks;
  Trend made;
  if (!ranges.exist()) return made;
  if (ranges.first_hour(week) >= first_hour) made.median_7 = median(counts, week);
  if (ranges.first_hour(trend_ranges) >= first_hour) made.median_28 = median(counts, trend_ranges);
  return made;
}

}  // namespace bounced
