// Times as text and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/records.hpp"

namespace bounced {

/// RFC 3339 in UTC, "2026-03-01T12:00:00Z"; "" for 0 (never, unknown).
std::string rfc3339(UnixSeconds time);

/// "2026-03-01 12:00" in the machine's time zone, for people; "" for 0.
std::string local_minute(UnixSeconds time);
/// "2026-03-01" in the machine's time zone.
std::string local_date(UnixSeconds time);

/// A span for people, in its two largest units at most: "45 s", "5 min", "3 h 20 min", "2 days".
std::string span_text(UnixSeconds seconds);

/// [from, until) in seconds.
struct TimeRange {
  UnixSeconds from = 0, until = 0;
};
/// The calendar day "YYYY-MM-DD", "today" or "yesterday" in the machine's time zone (23 to 25 hours long
/// where clocks change). Nothing for any other text and for days that don't exist.
std::optional<TimeRange> day_named(std::string_view text, UnixSeconds now);

/// A time as people type it: what day_named takes (the whole day), "2026-03-01 14:30" or with seconds, in the
/// machine's time zone (with T for the blank, too), RFC 3339 with a zone, or a span before `now` ("90m",
/// "6h", "2d"). A moment has from = until. Nothing for any other text.
std::optional<TimeRange> time_named(std::string_view text, UnixSeconds now);

UnixSeconds now_seconds();

}  // namespace bounced
