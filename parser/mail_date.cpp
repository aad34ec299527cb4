#include "parser/mail_date.hpp"

#include <array>
#include <utility>

#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};
/// RFC 5322 4.3: the zones with a name, in hours from UTC.
constexpr std::array<std::pair<std::string_view, int>, 8> named_zones{
    {{"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}}};
constexpr int seconds_of_day = 24 * 60 * 60;

struct Moment {
  int year = 0, month = 0, day = 0;  ///< month and day from 1
  int hour = 0, minute = 0, second = 0;
  int zone_minutes = 0;  ///< east of UTC
};

/// Reads from the front of a text; each function takes what it names, or nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == ',' ||
                              rest_.front() == '\r' || rest_.front() == '\n'))
      rest_.remove_prefix(1);
  }
  /// A number of at most `most` digits, and how many it had; -1 when there is none.
  int number(int most, int* digits = nullptr) {
    int value = 0;
    int seen = 0;
    while (seen < most && !rest_.empty() && is_digit(rest_.front())) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      ++seen;
    }
    if (digits != nullptr) *digits = seen;
    return seen == 0 ? -1 : value;
  }
  std::string_view letters() {
    std::size_t length = 0;
    while (length < rest_.size() && is_alpha(rest_[length])) ++length;
    const std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return found;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

bool begins_with(std::string_view word, std::string_view lower_case) {
  if (word.size() < lower_case.size()) return false;
  for (std::size_t i = 0; i < lower_case.size(); ++i)
    if (lower(word[i]) != lower_case[i]) return false;
  return true;
}

int month_of(std::string_view word) {
  for (std::size_t i = 0; i < months.size(); ++i)
    if (begins_with(word, months[i])) return static_cast<int>(i) + 1;
  return 0;
}

bool read_time(Scanner& scan, Moment& moment) {
  moment.hour = scan.number(2);
  if (moment.hour < 0 || !scan.take(':')) return false;
  moment.minute = scan.number(2);
  if (moment.minute < 0) return false;
  if (scan.take(':')) moment.second = scan.number(2);
  if (scan.take('.')) scan.number(9);
  return moment.second >= 0;
}

void read_zone(Scanner& scan, Moment& moment) {
  scan.skip_blanks();
  const bool east = scan.take('+');
  if (east || scan.take('-')) {
    int digits = 0;
    int hours = scan.number(2, &digits);
    scan.take(':');
    const int minutes = scan.number(2);
    if (digits != 2 || hours > 14 || minutes < 0 || minutes > 59) return;
    moment.zone_minutes = (east ? 1 : -1) * (hours * 60 + minutes);
    return;
  }
  const std::string_view name = scan.letters();
  for (const auto& [zone, hours] : named_zones)
    if (name.size() == zone.size() && begins_with(name, zone)) moment.zone_minutes = hours * 60;
}

/// "2026-03-01T12:00:00+01:00", with a blank for the T as well.
std::optional<Moment> read_rfc3339(std::string_view text) {
  Scanner scan(text);
  Moment moment;
  int digits = 0;
  moment.year = scan.number(4, &digits);
  if (digits != 4 || !scan.take('-')) return std::nullopt;
  moment.month = scan.number(2);
  if (!scan.take('-')) return std::nullopt;
  moment.day = scan.number(2);
  if (!scan.take('T') && !scan.take('t')) scan.skip_blanks();
  if (!read_time(scan, moment)) return std::nullopt;
  read_zone(scan, moment);
  return moment;
}

/// "Sun, 1 Mar 2026 12:00:00 +0100 (CET)"; also "Sun Mar  1 12:00:00 2026", as ctime(3) writes it.
std::optional<Moment> read_rfc5322(std::string_view text) {
  Scanner scan(text);
  Moment moment;
  std::string_view word = scan.letters();
  scan.skip_blanks();
  if (!word.empty() && month_of(word) == 0) word = scan.letters();
  scan.skip_blanks();
  moment.month = word.empty() ? 0 : month_of(word);
  const bool month_first = moment.month != 0;
  moment.day = scan.number(2);
  scan.skip_blanks();
  scan.take('-');
  if (!month_first) {
    moment.month = month_of(scan.letters());
    scan.take('-');
  } else if (!read_time(scan, moment)) {
    return std::nullopt;
  }
  scan.skip_blanks();
  int digits = 0;
  moment.year = scan.number(4, &digits);
  if (digits == 2) moment.year += moment.year < 50 ? 2000 : 1900;  // RFC 5322 4.3
  if (digits == 3) moment.year += 1900;
  scan.skip_blanks();
  if (!month_first && !read_time(scan, moment)) return std::nullopt;
  read_zone(scan, moment);
  return moment;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

bool can_be(const Moment& moment) {
  return moment.year >= 1970 && moment.year <= 9999 && moment.month >= 1 && moment.month <= 12 &&
         moment.day >= 1 && moment.day <= days_in_month(moment.year, moment.month) && moment.hour <= 23 &&
         moment.minute <= 59 && moment.second <= 60;
}

/// Days from the epoch to a date of the Gregorian calendar: years counted from March, so that the leap day is
/// the last of its year.
std::int64_t days_from_epoch(int year, int month, int day) {
  const int shifted_year = month <= 2 ? year - 1 : year;
  const int shifted_month = (month + 9) % 12;
  const std::int64_t leap_days = shifted_year / 4 - shifted_year / 100 + shifted_year / 400;
  constexpr std::int64_t epoch = 719'468;  // 1970-01-01 by this count
  return 365LL * shifted_year + leap_days + (153 * shifted_month + 2) / 5 + day - 1 - epoch;
}

}  // namespace

std::optional<std::int64_t> mail_date(std::string_view text) {
  Scanner front(text);
  front.skip_blanks();
  auto moment = read_rfc3339(front.rest());
  if (!moment) moment = read_rfc5322(front.rest());
  if (!moment || !can_be(*moment)) return std::nullopt;
  const std::int64_t day = days_from_epoch(moment->year, moment->month, moment->day) * seconds_of_day;
  return day + moment->hour * 3600 + (moment->minute - moment->zone_minutes) * 60 + moment->second;
}

}  // namespace bounced
