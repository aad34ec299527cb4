#include "daemon/summary/schedule.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>

namespace bounced {
namespace {

constexpr UnixSeconds day_seconds = 24L * 3600;

std::optional<std::chrono::sys_days> date_of(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00";
  if (text.size() != shape.size()) return {};
  std::array<int, 3> parts{};  // year, month, day
  std::size_t part = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = shape[i] == '-';
    if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9') return {};
    part += dash;
    if (!dash) parts[part] = parts[part] * 10 + (text[i] - '0');
  }
  const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                         std::chrono::month(static_cast<unsigned>(parts[1])),
                                         std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!date.ok() || parts[0] < 1971) return {};
  return std::chrono::sys_days(date);
}

std::optional<UnixSeconds> seconds_of_day(std::string_view at) {
  if (at.size() != 5 || at[2] != ':') return {};
  const auto digit = [&](std::size_t i) { return at[i] - '0'; };
  for (const std::size_t i : {0U, 1U, 3U, 4U})
    if (digit(i) < 0 || digit(i) > 9) return {};
  const int hour = digit(0) * 10 + digit(1), minute = digit(3) * 10 + digit(4);
  if (hour > 23 || minute > 59) return {};
  return hour * 3600L + minute * 60L;
}

std::string text_of(std::chrono::sys_days day) {
  return rfc3339(std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch()).count())
      .substr(0, 10);
}

/// Seconds that the clock of the time zone is ahead of UTC.
UnixSeconds offset_at(UnixSeconds at) {
  const std::time_t seconds = at;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts.tm_gmtoff;
}

/// The moment at which a clock first shows `wall` (seconds since the epoch, as if the clock were UTC). The
/// offsets before and after bound it: zones change at most once in two days.
UnixSeconds moment_of_wall(UnixSeconds wall) {
  const UnixSeconds before = offset_at(wall - day_seconds), after = offset_at(wall + day_seconds);
  const UnixSeconds early = wall - std::max(before, after), late = wall - std::min(before, after);
  if (early + offset_at(early) == wall) return early;
  if (late + offset_at(late) == wall) return late;
  UnixSeconds low = early, high = late;  // skipped: the change lies between them
  while (high - low > 1) {
    const UnixSeconds middle = low + (high - low) / 2;
    (offset_at(middle) == offset_at(early) ? low : high) = middle;
  }
  return high;
}

UnixSeconds moment(std::chrono::sys_days day, std::string_view at) {
  return moment_of_wall(day.time_since_epoch().count() * day_seconds + seconds_of_day(at).value_or(0));
}

Night night_of(std::chrono::sys_days day, std::string_view at) {
  return {text_of(day), moment(day - std::chrono::days(1), at), moment(day, at)};
}

Night beside(const Night& night, std::string_view at, int days) {
  return night_of(date_of(night.date).value_or(std::chrono::sys_days()) + std::chrono::days(days), at);
}

}  // namespace

void use_timezone(const std::string& name) {
  if (name.empty()) return;
  ::setenv("TZ", name.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): before other threads, see the contract
  ::tzset();
}

std::optional<UnixSeconds> moment_of(std::string_view date, std::string_view at) {
  const auto day = date_of(date);
  const auto seconds = seconds_of_day(at);
  if (!day || !seconds) return {};
  return moment(*day, at);
}

std::optional<Night> night_named(std::string_view date, std::string_view at) {
  const auto day = date_of(date);
  return day ? std::optional(night_of(*day, at)) : std::nullopt;
}

Night last_night(UnixSeconds now, std::string_view at) {
  Night night = night_named(local_date(now), at).value_or(Night());
  while (night.until > now) night = night_before(night, at);
  for (Night next = night_after(night, at); next.until <= now; next = night_after(next, at)) night = next;
  return night;
}

Night night_before(const Night& night, std::string_view at) { return beside(night, at, -1); }
Night night_after(const Night& night, std::string_view at) { return beside(night, at, 1); }

}  // namespace bounced
