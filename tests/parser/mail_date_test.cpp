#include "parser/mail_date.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using bounced::mail_date;

TEST_CASE("dates that mails write") {
  constexpr std::int64_t noon = 1'772'366'400;  // 2026-03-01 12:00 UTC
  const std::vector<std::pair<std::string, std::int64_t>> rows{
      {"Sun, 1 Mar 2026 12:00:00 +0000", noon},
      {"1 Mar 2026 12:00:00 +0000", noon},
      {"  Sun,  01  Mar  2026  12:00:00  +0000  (UTC)", noon},
      {"Sun, 1 Mar 2026 13:00:00 +0100", noon},
      {"Sun, 1 Mar 2026 06:30:00 -0530", noon},
      {"Sun, 1 Mar 2026 17:45:00 +0545 (NPT)", noon},
      {"Sun, 1 Mar 2026 13:00 +0100", noon},
      {"Sun, 1 Mar 2026 12:00:00 GMT", noon},
      {"Sun, 1 Mar 2026 12:00:00", noon},
      {"Sun, 1 Mar 2026 07:00:00 EST", noon},
      {"Sun, 1 Mar 2026 05:00:00 PDT", noon},
      {"Sun, 1 Mar 2026 12:00:00 CEST", noon},  // a zone that RFC 5322 doesn't know is UTC
      {"Sun, 1 Mar 26 12:00:00 +0000", noon},
      {"sun, 1 mar 2026 12:00:00 +0000", noon},
      {"Sun, 1 March 2026 12:00:00 +0000", noon},
      {"Sun,1 Mar 2026 12:00:00 +0000", noon},
      {"Sun, 1-Mar-2026 12:00:00 +0000", noon},
      {"Sun Mar  1 12:00:00 2026", noon},
      {"Mar 1 12:00:00 2026 +0000", noon},
      {"2026-03-01T12:00:00Z", noon},
      {"2026-03-01T13:00:00+01:00", noon},
      {"2026-03-01 12:00:00", noon},
      {"2026-03-01T12:00:00.123456Z", noon},
      {"Sun, 1 Mar 2026\r\n 12:00:00 +0000", noon},
      {"Thu, 1 Jan 1970 00:00:00 +0000", 0},
      {"Fri, 1 Jan 99 00:00:00 +0000", 915'148'800},
      {"Thu, 29 Feb 2024 23:59:60 +0000", 1'709'251'200},
      {"Fri, 31 Dec 9999 23:59:59 +0000", 253'402'300'799},
  };
  for (const auto& row : rows) {
    const auto& text = row.first;
    const auto& seconds = row.second;
    INFO(text);
    CHECK(mail_date(text).value_or(-1) == seconds);
  }
}

TEST_CASE("texts that are no dates") {
  const std::vector<std::string> rows{"",
                                      "yesterday",
                                      "Sun, 1 Mar 2026",
                                      "Sun, 30 Feb 2026 12:00:00 +0000",
                                      "Thu, 29 Feb 2023 12:00:00 +0000",
                                      "Sun, 0 Mar 2026 12:00:00 +0000",
                                      "Sun, 1 Mar 2026 24:00:00 +0000",
                                      "Sun, 1 Mar 2026 12:60:00 +0000",
                                      "Sun, 1 Mar 2026 12:00:61 +0000",
                                      "Sun, 1 Mar 1969 12:00:00 +0000",
                                      "Sun, 1 Xyz 2026 12:00:00 +0000",
                                      "Sun, 1 Mar 2026 12",
                                      "Sun, 1 Mar 2026 :00:00",
                                      "2026-13-01T12:00:00Z",
                                      "2026-03-32T12:00:00Z",
                                      "Mar",
                                      "Sun",
                                      ",,,,",
                                      "1 Mar",
                                      std::string("Sun\0, 1 Mar 2026 12:00:00", 24),
                                      std::string(100'000, '9'),
                                      std::string(100'000, ' ')};
  for (const std::string& text : rows) {
    INFO(text.substr(0, 60));
    CHECK_FALSE(mail_date(text).has_value());
  }
}

TEST_CASE("every cut of a date is read without a fall") {
  const std::string whole = "Sun, 1 Mar 2026 12:00:00 +0100 (CET)";
  for (std::size_t length = 0; length <= whole.size(); ++length)
    for (std::size_t from = 0; from + length <= whole.size(); ++from) {
      const std::string exact = whole.substr(from, length);
      const auto read = mail_date(exact);
      CHECK((!read || *read >= -86400));
    }
}
