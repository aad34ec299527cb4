// Nights: the 24 hours (23 to 25 where clocks change) that end at a time of day, by the name of the date on
// which they end.
//
//   2026-03-01 07:00 ────── night "2026-03-02" ────── 2026-03-02 07:00   local time
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/time_text.hpp"

namespace bounced {

struct Night {
  std::string date;  ///< "2026-03-02"
  UnixSeconds from = 0, until = 0;

  bool operator==(const Night&) const = default;
};

/// Makes a time zone that of this process: of local_minute, day_named and the nights. "" leaves it as it is.
/// Before other threads ask for local times.
void use_timezone(const std::string& name);

/// The moment at which the clock of the time zone shows `at` ("07:00") on a date ("2026-03-02"): of two the
/// first; where the clock skips it, the moment of the change. Nothing for what is no date or no time of day.
std::optional<UnixSeconds> moment_of(std::string_view date, std::string_view at);

/// The night that ends on a date at `at`; nothing for what is no date.
std::optional<Night> night_named(std::string_view date, std::string_view at);
/// The last night that has ended.
Night last_night(UnixSeconds now, std::string_view at);
/// The night before, and the one after it.
Night night_before(const Night& night, std::string_view at);
Night night_after(const Night& night, std::string_view at);

}  // namespace bounced
