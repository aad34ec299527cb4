// What is usual: medians of the ranges before a summary's own.
//
//   hour (UTC)  …|—— range 2 ——|—— range 1 ——|—— the summary's own ——|
//                               from - length  from                   until
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "storage/records.hpp"

namespace bounced {

inline constexpr UnixSeconds trend_hour_seconds = 3600;
inline std::int64_t trend_hour(UnixSeconds at) { return at / trend_hour_seconds; }

/// The earlier ranges of [from, until), as hours.
class TrendRanges {
 public:
  TrendRanges(UnixSeconds from, UnixSeconds until) : from_(from), length_(until - from) {}

  /// False for a range shorter than an hour, which hours can't tell of.
  [[nodiscard]] bool exist() const { return length_ >= trend_hour_seconds; }
  /// The first hour of the range `back` ranges ago: 1 is the one before this.
  [[nodiscard]] std::int64_t first_hour(int back) const { return trend_hour(from_ - back * length_); }
  /// The range that an hour belongs to, 0 to trend_ranges - 1; nothing for hours outside of all of them.
  [[nodiscard]] std::optional<std::size_t> range_of(std::int64_t hour) const;

 private:
  UnixSeconds from_, length_;
};

/// Reports in each of the earlier ranges.
using TrendCounts = std::array<std::int64_t, trend_ranges>;

/// The medians, where the reports go back to `first_hour` at least.
Trend trend_of(const TrendCounts& counts, const TrendRanges& ranges, std::int64_t first_hour);

}  // namespace bounced
