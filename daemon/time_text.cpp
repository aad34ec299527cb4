#include "daemon/time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

#include "config/words.hpp"
#include "parser/mail_date.hpp"

namespace bounced {
namespace {

std::string formatted(const char* format, const std::tm& parts) {
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

std::tm local(UnixSeconds time) {
  std::tm parts{};
  const std::time_t seconds = time;
  ::localtime_r(&seconds, &parts);
  return parts;
}

/// Midnight of a local day; `day` may be outside the month, mktime carries it over.
UnixSeconds midnight(int year, int month, int day) {
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_isdst = -1;
  return std::mktime(&parts);
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

/// Whether a time ends as RFC 3339 wants it: "Z" or "+01:00", with a fraction of a second before it or not.
bool has_zone(std::string_view end) {
  if (end.starts_with('.')) end.remove_prefix(std::min(end.find_first_not_of("0123456789", 1), end.size()));
  if (end == "Z" || end == "z") return true;
  return end.size() == 6 && (end[0] == '+' || end[0] == '-') && end[3] == ':' && digits(end.substr(1, 2)) &&
         digits(end.substr(4));
}

}  // namespace

std::string rfc3339(UnixSeconds time) {
  if (time == 0) return {};
  std::tm parts{};
  const std::time_t seconds = time;
  ::gmtime_r(&seconds, &parts);
  return formatted("%Y-%m-%dT%H:%M:%SZ", parts);
}

std::string local_minute(UnixSeconds time) {
  return time == 0 ? "" : formatted("%Y-%m-%d %H:%M", local(time));
}

std::string local_date(UnixSeconds time) { return formatted("%Y-%m-%d", local(time)); }

std::string span_text(UnixSeconds seconds) {
  constexpr UnixSeconds minute = 60, hour = 3600, day = 86400;
  const auto with = [](UnixSeconds large, const char* unit, UnixSeconds small, const char* small_unit) {
    auto text = std::to_string(large) + unit;
    return small == 0 ? text : text + " " + std::to_string(small) + small_unit;
  };
  if (seconds < 0) return "0 s";
  if (seconds < minute) return std::to_string(seconds) + " s";
  if (seconds < hour) return with(seconds / minute, " min", 0, "");
  if (seconds < day) return with(seconds / hour, " h", seconds % hour / minute, " min");
  return with(seconds / day, seconds / day == 1 ? " day" : " days", seconds % day / hour, " h");
}

std::optional<TimeRange> day_named(std::string_view text, UnixSeconds now) {
  const auto range = [](int year, int month, int day) {
    return TimeRange{midnight(year, month, day), midnight(year, month, day + 1)};
  };
  if (text == "today" || text == "yesterday") {
    const auto parts = local(now);
    return range(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday - (text == "today" ? 0 : 1));
  }
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)),
             day = digits(text.substr(8));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1971) return std::nullopt;
  return range(*year, *month, *day);
}

std::optional<TimeRange> time_named(std::string_view text, UnixSeconds now) {
  constexpr std::size_t date = 10, minutes = 16, seconds = 19;  // letters of YYYY-MM-DD, … HH:MM, … :SS
  if (auto day = day_named(text, now)) return day;
  const auto moment = [](UnixSeconds at) { return TimeRange{at, at}; };
  if (const auto span = read_duration(text)) return moment(now - span->count());
  if (text.size() < minutes || (text[date] != ' ' && text[date] != 'T')) return std::nullopt;
  const auto day = day_named(text.substr(0, date), now);
  if (!day) return std::nullopt;
  if (text.size() != minutes && text.size() != seconds) {
    const auto at = has_zone(text.substr(std::min(text.size(), seconds))) ? mail_date(text) : std::nullopt;
    return at ? std::optional(moment(*at)) : std::nullopt;
  }
  const auto hour = digits(text.substr(11, 2)), minute = digits(text.substr(14, 2)),
             second = text.size() == seconds ? digits(text.substr(17)) : 0;
  const bool right = hour && minute && second && *hour < 24 && *minute < 60 && *second < 60 &&
                     text[13] == ':' && (text.size() == minutes || text[minutes] == ':');
  if (!right) return std::nullopt;
  std::tm parts = local(day->from);
  parts.tm_hour = *hour;
  parts.tm_min = *minute;
  parts.tm_sec = *second;
  parts.tm_isdst = -1;
  return moment(std::mktime(&parts));
}

UnixSeconds now_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace bounced
