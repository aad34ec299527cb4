// Dates as mails write them (RFC 5322 3.3 with the obsolete forms of 4.3), and RFC 3339, which some reports
// use.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bounced {

/// Seconds since the epoch, UTC. Nothing where `text` holds no whole date and time, or one that can't be (30
/// February, 25:00, a year before 1970 or after 9999). Without a zone, or with one that nobody knows, it is
/// taken as UTC. The day of the week and whatever follows the zone are not looked at. Total.
std::optional<std::int64_t> mail_date(std::string_view text);

}  // namespace bounced
