// The summary page and its JSON, from figures alone.
#include "daemon/summary/summary.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/plain_text.hpp"

using namespace bounced;

namespace {

constexpr UnixSeconds midnight = 1772323200;  // 2026-03-01 00:00 UTC

RunSummary empty_night() {
  RunSummary summary;
  summary.from = midnight;
  summary.until = midnight + 86400;
  RunRecord run;
  run.mailbox = "returns";
  run.started_at = run.ended_at = midnight + 600;
  summary.runs.push_back(run);
  return summary;
}

OperatorIssue issue(std::string provider, std::string sample, std::string remedy) {
  OperatorIssue row;
  row.id = 7;
  row.provider = std::move(provider);
  row.reason = Reason::ip_blocked;
  row.sample_text = std::move(sample);
  row.remedy = std::move(remedy);
  row.remedy_url = "https://sender.example/unblock";
  row.count = 1214;
  row.first_seen = midnight;
  row.last_seen = midnight + 3600;
  return row;
}

RunSummary busy_night() {
  auto summary = empty_night();
  summary.mails = 12'345;
  summary.events = 13'000;
  summary.issues.push_back(issue("microsoft",
                                 "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent",
                                 "Ask for the block to be lifted."));
  summary.new_suppressions = 42;
  summary.ended_suppressions = 1;
  summary.active_suppressions = 9001;
  summary.suppressions_by_reason = {{"user_unknown", 40}, {"complaint", 2}};
  for (int i = 0; i < 12; ++i) {
    Suppression row;
    row.address = "gone" + std::to_string(i) + "@example.org";
    row.reason = Reason::user_unknown;
    row.diagnostic = "550 5.1.1 User unknown";
    summary.sample_suppressions.push_back(row);
  }
  summary.by_provider = {{"microsoft", 1300}, {"example.org", 50}};
  summary.by_reason = {{"ip_blocked", 1214}, {"user_unknown", 40}};
  summary.retries_pending = 30;
  summary.retries_due = 4;
  summary.slowdowns.push_back({"yahoo", Reason::rate_limited, midnight, midnight + 7200, 12});
  summary.permanent_not_suppressed = 1214;
  summary.unrecognised = 3;
  summary.unknown_templates = 17;
  summary.duplicates = 2;
  summary.distrusted = {{"the returned mail is not ours", 1500}, {"the signature has expired", 7}};
  return summary;
}

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

void check_width(const std::string& page) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(display_width(line) <= 80);
    CHECK(printable(line).size() <= line.size());  // nothing in it that had to be escaped
  }
}

bool has(const std::string& page, std::string_view text) { return page.find(text) != page.npos; }

}  // namespace

TEST_CASE("an empty night is a short page that says so") {
  const auto page = summary_text(empty_night());
  CAPTURE(page);
  CHECK(line_count(page) <= 3);
  CHECK(has(page, "nothing needs you"));
}

TEST_CASE("what needs the operator stands before everything else") {
  const auto page = summary_text(busy_night());
  CAPTURE(page);
  check_width(page);
  CHECK(page.find("WHAT NEEDS YOU") < page.find("WHAT CHANGED"));
  for (const auto* text :
       {"12,345 mails read", "microsoft: ", "1,214 replies", "→ Ask for the block",
        "https://sender.example/unblock", "42 addresses suppressed, 1 mailed again; 9,001 suppressed in all",
        "gone0@example.org", "user_unknown", "30 addresses to mail again, 4 of them now",
        "send to yahoo more slowly", "1,214 permanent refusals", "3 mails were not recognised",
        "2 mails had been counted before", "FORGED OR BACKSCATTER: 1,507",
        "1,507 reports about addresses are not sure enough", "1,500  the returned mail is not ours"}) {
    CAPTURE(text);
    CHECK(has(page, text));
  }
  CHECK_FALSE(has(page, "gone11@"));  // a page, not an export
  CHECK_FALSE(has(page, "Nothing needs you"));
}

TEST_CASE("a wave that waits for a word needs the operator; one that has it is told") {
  auto summary = empty_night();
  Wave wave;
  wave.id = 3;
  wave.name = "google";
  wave.count = wave.held = 20'000;
  wave.usual = 31;
  wave.first_at = wave.last_at = midnight;
  wave.sample = "550-5.1.1 does not exist";
  summary.waves = {wave};
  wave.id = 2;
  wave.state = "discarded";
  wave.held = 0;
  summary.waves.push_back(wave);
  const auto page = summary_text(summary);
  CAPTURE(page);
  check_width(page);
  CHECK(page.find("WHAT NEEDS YOU") < page.find("20,000 suppressions are held: google"));
  for (const auto* text : {"31", "does not exist", "bounced review release 3", "bounced review discard 3",
                           "wave 2 of google (20,000 addresses) was discarded"})
    CHECK_MESSAGE(has(page, text), text);
  CHECK_FALSE(has(page, "discard 2"));
  const auto json = nlohmann::json::parse(summary_json(summary));
  CHECK(json["waves"][0]["held"] == 20'000);
  CHECK(json["waves"][0]["state"] == "waiting");
  CHECK(json["waves"][1]["state"] == "discarded");
}

TEST_CASE("a mailbox that could not be read needs the operator, also when no mail came") {
  auto summary = empty_night();
  summary.runs[0].error = "mail.example.org:993 refused the connection";
  const auto page = summary_text(summary);
  CAPTURE(page);
  check_width(page);
  CHECK(has(page, "WHAT NEEDS YOU"));
  CHECK(has(page, "mailbox returns could not be read"));
  CHECK_FALSE(has(page, "nothing needs you"));
}

TEST_CASE("a terrible night keeps its width and its control characters to itself") {
  auto summary = busy_night();
  const std::string nasty =
      "550 \x1b[31m" + std::string(5000, 'x') + " \r\n 不存在 \xff " + std::string(900, ' ') + "end";
  summary.issues.clear();
  for (int i = 0; i < 60; ++i) summary.issues.push_back(issue(nasty, nasty, nasty));
  summary.sample_suppressions[0].address = std::string(300, 'a') + "@example.org";
  summary.sample_suppressions[0].diagnostic = nasty;
  summary.by_provider.assign(200, {std::string(500, 'p'), 1'000'000'000});
  summary.by_list = {{"", 5}, {nasty, 7}};
  summary.runs[0].error = nasty;
  const auto page = summary_text(summary);
  check_width(page);
  CHECK(has(page, "and 36 more: bounced issues list"));
  CHECK(has(page, "and 190 more"));
  CHECK(has(page, "(no list)"));
  CHECK(page.find('\x1b') == page.npos);
}

TEST_CASE("the JSON form has every figure and no null") {
  auto summary = busy_night();
  summary.issues[0].sample_text += "\xff";
  const auto text = summary_json(summary);
  CHECK(text.ends_with("}\n"));
  CHECK(text.find("null") == text.npos);
  const auto json = nlohmann::json::parse(text);
  CHECK(json["schema"] == 1);
  CHECK(json["from"] == "2026-03-01T00:00:00Z");
  CHECK(json["until"] == "2026-03-02T00:00:00Z");
  CHECK(json["mails"] == 12'345);
  CHECK(json["issues"][0]["provider"] == "microsoft");
  CHECK(json["issues"][0]["count"] == 1214);
  CHECK(json["suppressions"]["new"] == 42);
  CHECK(json["suppressions"]["sample"].size() == 12);
  CHECK(json["suppressions"]["by_reason"][0]["key"] == "user_unknown");
  CHECK(json["retries"]["due"] == 4);
  CHECK(json["slowdowns"][0]["until"] == "2026-03-01T02:00:00Z");
  CHECK(json["mailboxes"][0]["mailbox"] == "returns");
  CHECK(json["permanent_not_suppressed"] == 1214);
  CHECK(json["by_list"].empty());
}
