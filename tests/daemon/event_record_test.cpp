#include "daemon/event_record.hpp"

#include <doctest/doctest.h>

#include "daemon/content_hash.hpp"

using namespace bounced;

TEST_CASE("when a failure happened") {
  constexpr UnixSeconds now = 1'772'452'800;  // 2026-03-02 12:00 UTC
  constexpr UnixSeconds hour = 3600;
  struct Row {
    const char* date;
    const char* arrival;
    UnixSeconds internal_date;
    UnixSeconds at;
  };
  const std::vector<Row> rows{
      {"Mon, 2 Mar 2026 11:00:00 +0000", "Sun, 1 Mar 2026 12:00:00 +0000", now - 60, now - hour},
      {"", "Sun, 1 Mar 2026 12:00:00 +0000", now - 60, now - 60},
      {"", "Sun, 1 Mar 2026 12:00:00 +0000", 0, now - 24 * hour},
      {"", "", 0, now},
      {"no date", "nor here", 0, now},
      {"Mon, 2 Mar 2026 13:00:00 +0000", "", 0, now},              // a clock that is ahead
      {"Mon, 9 Mar 2026 13:00:00 +0000", "", now - 60, now - 60},  // by days: not believed
      {"Thu, 1 Jan 1970 00:00:00 +0000", "", 0, now},
      {"Wed, 2 Mar 2005 11:00:00 +0000", "", 0, 1'109'761'200},  // an old mail is old
  };
  for (const Row& row : rows) {
    INFO(std::string(row.date) << " / " << std::string(row.arrival));
    BounceReport report;
    report.date = row.date;
    report.arrival_date = row.arrival;
    CHECK(event_time(report, row.internal_date, now) == row.at);
  }
}

TEST_CASE("who answered") {
  struct Row {
    const char *vendor, *remote_mta, *address, *provider;
  };
  const std::vector<Row> rows{{"google", "mx.example.org", "a@b.example", "google"},
                              {"", "mx1.mail.example.co.uk", "a@b.example", "example.co.uk"},
                              {"", "", "a@mail.example.org", "example.org"},
                              {"", "", "", ""}};
  for (const Row& row : rows) {
    ReportedRecipient recipient;
    recipient.verdict.vendor = row.vendor;
    recipient.remote_mta = row.remote_mta;
    recipient.address = row.address;
    CHECK(provider_of(recipient) == row.provider);
  }
}

TEST_CASE("the recipient's action decides the kind of its event") {
  struct Row {
    Kind report;
    Action action;
    Kind event;
  };
  const std::vector<Row> rows{{Kind::bounce, Action::failed, Kind::bounce},
                              {Kind::bounce, Action::delayed, Kind::delayed},
                              {Kind::bounce, Action::delivered, Kind::delivered},
                              {Kind::bounce, Action::relayed, Kind::delivered},
                              {Kind::bounce, Action::expanded, Kind::delivered},
                              {Kind::bounce, Action::none, Kind::bounce},
                              {Kind::delayed, Action::none, Kind::delayed},
                              {Kind::delayed, Action::failed, Kind::bounce},
                              {Kind::complaint, Action::failed, Kind::complaint},
                              {Kind::auto_reply, Action::failed, Kind::auto_reply}};
  for (const Row& row : rows) {
    BounceReport report;
    report.kind = row.report;
    ReportedRecipient recipient;
    recipient.action = row.action;
    INFO(to_string(row.report) << " " << to_string(row.action));
    CHECK(to_string(event_of(report, recipient, 1).kind) == to_string(row.event));
  }
}

TEST_CASE("a promise to retry is believed when it can be") {
  constexpr UnixSeconds at = 1'772'366'400;  // 2026-03-01 12:00 UTC
  const auto until = [](const char* text) {
    ReportedRecipient recipient;
    recipient.will_retry_until = text;
    return event_of(BounceReport{}, recipient, at).will_retry_until;
  };
  CHECK(until("Fri, 6 Mar 2026 12:00:00 +0000") == at + 5 * 86400);
  CHECK(until("Sat, 28 Feb 2026 12:00:00 +0000") == 0);
  CHECK(until("Fri, 6 Mar 2036 12:00:00 +0000") == 0);
  CHECK(until("soon") == 0);
}

TEST_CASE("content hashes") {
  // echo -n 'a\nb' | sha256sum
  CHECK(content_hash("a\nb") == "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78");
  for (const char* same : {"a\r\nb", "a\nb\n", "a\r\nb\r\n\r\n", "a\nb\n\n\n"})
    CHECK(content_hash(same) == content_hash("a\nb"));
  for (const char* other : {"a\rb", "a\n\nb", "ab", "a\r\r\nb", " a\nb", ""})
    CHECK(content_hash(other) != content_hash("a\nb"));
  // RFC 6234's own vector.
  CHECK(content_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(content_hash(std::string(1, '\0')) != content_hash(""));
}
