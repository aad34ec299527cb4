// What reaches a terminal, a spreadsheet or another program.
#include <doctest/doctest.h>

#include "daemon/cli/csv.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/log.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"

using namespace bounced;

TEST_CASE("no text steers a terminal or breaks out of its line") {
  struct Row {
    std::string_view text, printed;
  };
  constexpr Row rows[] = {
      {"550 5.1.1 User unknown", "550 5.1.1 User unknown"},
      {"two\r\nlines\tand  blanks \n", "two lines and blanks"},
      {"\x1b[2J\x1b[31mred", "\\x1b[2J\\x1b[31mred"},
      {"bell\x07 del\x7f", "bell\\x07 del\\x7f"},
      {std::string_view("nul\0byte", 8), "nul\\x00byte"},
      {"csi \xc2\x9b"
       "31m",
       "csi \\u009b31m"},
      {"right \xe2\x80\xae to left", "right \\u202e to left"},
      {"zero\xe2\x80\x8bwidth", "zero\\u200bwidth"},
      {"tag \xf3\xa0\x81\x81", "tag \\u0e0041"},
      {"latin \xe9 alone", "latin \xef\xbf\xbd alone"},
      {"overlong \xc0\xaf", "overlong \xef\xbf\xbd\xef\xbf\xbd"},
      {"surrogate \xed\xa0\x80", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd"},
      {"Empfänger 不存在 🙂", "Empfänger 不存在 🙂"},
      {"", ""},
  };
  for (const auto& row : rows) {
    const auto& text = row.text;
    const auto& printed = row.printed;
    CAPTURE(text);
    CHECK(printable(text) == printed);
    CHECK(printable(printable(text)) == printable(text));
  }
}

TEST_CASE("columns are counted as a terminal shows them") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("e\xcc\x81") == 1);
  CHECK(display_width("不存在") == 6);
  CHECK(fitted("abc", 5) == "abc  ");
  CHECK(fitted("abcdef", 4) == "abc…");
  CHECK(fitted("不存在", 4) == "不… ");
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abc", 0).empty());
  CHECK(display_width(fitted("不存在不存在", 7)) == 7);
}

TEST_CASE("text is wrapped at blanks, and long words anywhere") {
  CHECK(wrapped("", 10) == std::vector<std::string>{""});
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("one two three", 8) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("abcdefghij", 4) == std::vector<std::string>{"abcd", "efgh", "ij"});
  CHECK(wrapped("不存在", 1) == std::vector<std::string>{"不", "存", "在"});
  for (const auto& line : wrapped(std::string(1000, 'x') + " 存 " + std::string(300, 'y'), 76))
    CHECK(display_width(line) <= 76);
}

TEST_CASE("numbers are grouped and nouns follow them") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(-1234567) == "-1,234,567");
  CHECK(counted(1, "mail", "mails") == "1 mail");
  CHECK(counted(0, "mail", "mails") == "0 mails");
}

TEST_CASE("a spreadsheet takes no cell for a formula") {
  struct Row {
    std::string_view value, cell;
  };
  constexpr Row rows[] = {
      {"user@example.org", "user@example.org"},
      {"=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"},
      {"+1", "'+1"},
      {"-1", "'-1"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "\"'\t=1\""},
      {"\r=1", "\"'\r=1\""},
      {"a,b", "\"a,b\""},
      {"say \"no\"", "\"say \"\"no\"\"\""},
      {"two\nlines", "\"two\nlines\""},
      {"", ""},
  };
  for (const auto& row : rows) {
    const auto& value = row.value;
    const auto& cell = row.cell;
    CAPTURE(value);
    CHECK(csv_cell(value) == cell);
  }
  CHECK(csv_line({"", "a", "b,c"}) == ",a,\"b,c\"\r\n");
  CHECK(csv_line({"", "", ""}) == ",,\r\n");
}

TEST_CASE("a line of JSON holds any text") {
  JsonLine line;
  CHECK(line.text("a", "x\"\\\n\t\x01\xff").number("n", -5).boolean("b", true).finish() ==
        "{\"a\":\"x\\\"\\\\\\n\\t\\u0001\xef\xbf\xbd\",\"n\":-5,\"b\":true}\n");
  CHECK(line.time("at", 0).time("then", 1772366400).finish() ==
        "{\"at\":\"\",\"then\":\"2026-03-01T12:00:00Z\"}\n");
  CHECK(line.finish() == "{}\n");
}

TEST_CASE("days have the length that the clocks give them") {
  setenv("TZ", "Europe/Berlin", 1);
  tzset();
  const UnixSeconds noon = 1772366400;  // 2026-03-01 13:00 in Berlin
  const auto length = [&](std::string_view day) {
    const auto range = day_named(day, noon);
    return range ? (range->until - range->from) / 3600 : -1;
  };
  CHECK(length("2026-03-01") == 24);
  CHECK(length("2026-03-29") == 23);
  CHECK(length("2026-10-25") == 25);
  CHECK(rfc3339(day_named("2026-03-29", noon)->from) == "2026-03-28T23:00:00Z");
  CHECK(day_named("today", noon)->from == day_named("2026-03-01", noon)->from);
  CHECK(day_named("yesterday", noon)->until == day_named("2026-03-01", noon)->from);
  for (const auto* wrong : {"", "2026-02-30", "2026-13-01", "2026-00-10", "26-03-01", "2026-3-1",
                            "2026-03-01x", "tomorrow", "2026/03/01", "-026-03-01", "2026--1-01"}) {
    CAPTURE(wrong);
    CHECK_FALSE(day_named(wrong, noon).has_value());
  }
  CHECK(local_minute(noon) == "2026-03-01 13:00");
  CHECK(local_minute(0).empty());
}

TEST_CASE("spans are told in their two largest units") {
  CHECK(span_text(45) == "45 s");
  CHECK(span_text(300) == "5 min");
  CHECK(span_text(12'000) == "3 h 20 min");
  CHECK(span_text(86'400) == "1 day");
  CHECK(span_text(180'000) == "2 days 2 h");
  CHECK(span_text(-1) == "0 s");
}

TEST_CASE("addresses in the log are masked as the settings ask") {
  const std::string text = "550 <joe@example.org> unknown, not joe@example.org.invalid";
  CHECK(mask_addresses(text, "full") == text);
  const auto hashed = mask_addresses(text, "hashed");
  CAPTURE(hashed);
  CHECK(hashed.find("joe@") == hashed.npos);
  CHECK(hashed.find("@example.org") != hashed.npos);
  CHECK(mask_addresses(text, "hashed") == hashed);
  const auto none = mask_addresses(text, "none");
  CAPTURE(none);
  CHECK(none.find("joe@") == none.npos);
  CHECK(none.find("<address>") != none.npos);
}
