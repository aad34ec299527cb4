// When nights end: time zones, and the hours that clocks skip or show twice.
#include <doctest/doctest.h>

#include <cstdlib>

#include "daemon/summary/schedule.hpp"

using namespace bounced;

namespace {

/// The time zone of the process for one test.
class Zone {
 public:
  explicit Zone(const char* name) {
    const char* before = std::getenv("TZ");
    had_ = before != nullptr;
    if (had_) before_ = before;
    use_timezone(name);
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
  ~Zone() {
    had_ ? ::setenv("TZ", before_.c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }

 private:
  bool had_ = false;
  std::string before_;
};

struct Moment {
  const char* zone;
  const char* date;
  const char* at;
  const char* utc;
};

constexpr Moment moments[] = {
    {"UTC", "2026-03-02", "07:00", "2026-03-02T07:00:00Z"},
    {"Europe/Berlin", "2026-01-15", "07:00", "2026-01-15T06:00:00Z"},
    {"Europe/Berlin", "2026-07-15", "07:00", "2026-07-15T05:00:00Z"},
    {"Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00Z"},
    {"Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00Z"},  // skipped: the moment of the change
    {"Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"},
    {"Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"},
    {"Europe/Berlin", "2026-03-29", "07:00", "2026-03-29T05:00:00Z"},
    {"Europe/Berlin", "2026-10-25", "01:30", "2026-10-24T23:30:00Z"},
    {"Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"},  // twice: the first
    {"Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"},
    {"America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z"},
    {"America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"},
    {"America/New_York", "2026-11-01", "07:00", "2026-11-01T12:00:00Z"},
    {"Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"},  // clocks change by half an hour
    {"Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"},
    {"Asia/Kathmandu", "2026-03-02", "07:00", "2026-03-02T01:15:00Z"},
    {"Africa/Cairo", "2024-04-26", "00:00", "2024-04-25T22:00:00Z"},  // midnight itself is skipped
    {"Pacific/Apia", "2011-12-31", "07:00", "2011-12-30T17:00:00Z"},  // the day before does not exist
    {"Pacific/Kiritimati", "2026-03-02", "07:00", "2026-03-01T17:00:00Z"},
};

}  // namespace

TEST_CASE("a time of day is a moment, whatever clocks do") {
  for (const auto& one : moments) {
    const Zone zone(one.zone);
    CAPTURE(one.zone);
    CAPTURE(one.date);
    CAPTURE(one.at);
    const auto found = moment_of(one.date, one.at);
    REQUIRE(found);
    CHECK(rfc3339(*found) == one.utc);
  }
}

TEST_CASE("nights lie side by side: nothing falls between two, and nothing is in both") {
  for (const char* name :
       {"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tehran"}) {
    const Zone zone(name);
    for (const char* at : {"00:00", "02:30", "07:00", "23:59"}) {
      CAPTURE(name);
      CAPTURE(at);
      Night night = *night_named("2026-01-01", at);
      for (int i = 0; i < 400; ++i) {
        const Night next = night_after(night, at);
        CAPTURE(next.date);
        REQUIRE(next.from == night.until);
        REQUIRE(next.until - next.from >= 22L * 3600);
        REQUIRE(next.until - next.from <= 26L * 3600);
        REQUIRE(night_before(next, at) == night);
        REQUIRE(last_night(next.until - 1, at) == night);
        REQUIRE(last_night(next.until, at) == next);
        night = next;
      }
      CHECK(night.date == "2027-02-05");
    }
  }
}

TEST_CASE("what is no date names no night") {
  for (const char* text : {"", "2026", "2026-02-30", "2026-13-01", "2026-1-1", "2026/01/01", "x026-01-01",
                           "2026-01-01x", "1969-01-01"}) {
    CAPTURE(text);
    CHECK_FALSE(night_named(text, "07:00"));
    CHECK_FALSE(moment_of(text, "07:00"));
  }
  for (const char* at : {"", "7:00", "24:00", "07:60", "07-00", "ab:cd"}) {
    CAPTURE(at);
    CHECK_FALSE(moment_of("2026-01-01", at));
  }
}
