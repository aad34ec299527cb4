#include "parser/dsn.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "parser/dsn_fields.hpp"

namespace bounced {
namespace {

/// "final/original action status diagnostic" of each recipient, one a line.
std::string listing(const ReportFields& report) {
  std::string out;
  for (const auto& r : report.recipients) {
    out += r.final_recipient;
    if (!r.original_recipient.empty()) out += '/' + r.original_recipient;
    out += ' ' + std::string(to_string(r.action)) + ' ' + r.status;
    if (!r.diagnostic_code.empty()) out += ' ' + r.diagnostic_code;
    out += '\n';
  }
  return out;
}

struct Row {
  std::string_view what, body, listing;
  Kind kind = Kind::bounce;
};

TEST_CASE("delivery-status parts are read to the letter of RFC 3464") {
  constexpr Row table[] = {
      {"one recipient",
       "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: "
       "5.1.1\n"
       "Diagnostic-Code: smtp; 550 5.1.1 no\n",
       "a@b.example failed 5.1.1 550 5.1.1 no\n"},
      {"several, each its own",
       "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822;a@b.example\nAction: failed\nStatus: "
       "5.1.1\n\n"
       "Final-Recipient: rfc822;c@b.example\nAction: delayed\nStatus: 4.4.1\n\n"
       "Final-Recipient: rfc822;d@b.example\nAction: delivered\nStatus: 2.0.0\n",
       "a@b.example failed 5.1.1\nc@b.example delayed 4.4.1\nd@b.example delivered 2.0.0\n"},
      {"delay", "Final-Recipient: rfc822;a@b.example\nAction: delayed\nStatus: 4.4.1\n",
       "a@b.example delayed 4.4.1\n", Kind::delayed},
      {"success", "Final-Recipient: rfc822;a@b.example\nAction: relayed\nStatus: 2.0.0\n",
       "a@b.example relayed 2.0.0\n", Kind::delivered},
      {"class 4 and failed: given up", "Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 4.4.7\n",
       "a@b.example failed 4.4.7\n"},
      {"folding",
       "Final-Recipient:\n rfc822;\n\ta@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;\n "
       "550-one\n"
       " 550 two\n",
       "a@b.example failed 5.1.1 550-one 550 two\n"},
      {"xtext",
       "Original-Recipient: rfc822;a+2Bb@b.example\nFinal-Recipient: rfc822;c@d.example\nAction: "
       "failed\nStatus: 5.1.1\n",
       "c@d.example/a+b@b.example failed 5.1.1\n"},
      {"RFC 6533",
       "Original-Recipient: utf-8;j\\x{F6}rg@b.example\nFinal-Recipient: utf-8; jörg@b.example\nAction: "
       "failed\nStatus: 5.1.1\n",
       "jörg@b.example/jörg@b.example failed 5.1.1\n"},
  };
  for (const Row& row : table) {
    CAPTURE(row.what);
    const ReportFields report = read_delivery_status(row.body, {});
    CHECK(listing(report) == row.listing);
    CHECK(report.kind == row.kind);
  }
}

TEST_CASE("the sins of the field are forgiven") {
  constexpr Row table[] = {
      {"no blank line between the groups",
       "Reporting-MTA: dns; x\nFinal-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\n"
       "Final-Recipient: rfc822;c@b.example\nAction: failed\nStatus: 5.2.2\n",
       "a@b.example failed 5.1.1\nc@b.example failed 5.2.2\n"},
      {"blank lines everywhere",
       "\n\nReporting-MTA: dns; x\n\n\nFinal-Recipient: rfc822;a@b.example\n\nAction: failed\n\nStatus: "
       "5.1.1\n\n\n"
       "Final-Recipient: rfc822;c@b.example\nAction: failed\nStatus: 5.2.2\n",
       "a@b.example failed 5.1.1\nc@b.example failed 5.2.2\n"},
      {"Exim's order",
       "Action: failed\nFinal-Recipient: rfc822;a@b.example\nStatus: 5.0.0\n\nAction: failed\n"
       "Final-Recipient: rfc822;c@b.example\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 no\n",
       "a@b.example failed 5.0.0\nc@b.example failed 5.0.0 550 no\n"},
      {"Exim's order without blank lines",
       "Action: failed\nFinal-Recipient: rfc822;a@b.example\nStatus: 5.0.0\nAction: failed\n"
       "Final-Recipient: rfc822;c@b.example\nStatus: 5.0.0\n",
       "a@b.example failed 5.0.0\nc@b.example failed 5.0.0\n"},
      {"Original-Recipient first, no blank lines",
       "Original-Recipient: rfc822;o@b.example\nFinal-Recipient: rfc822;a@b.example\nAction: failed\nStatus: "
       "5.1.1\n"
       "Original-Recipient: rfc822;p@b.example\nFinal-Recipient: rfc822;c@b.example\nAction: failed\nStatus: "
       "5.1.1\n",
       "a@b.example/o@b.example failed 5.1.1\nc@b.example/p@b.example failed 5.1.1\n"},
      {"spaced and misspelt names",
       "Final Recipient : rfc822; a@b.example\nAction : failed\nStatus : 5.1.1\nDiagnosic-Code: smtp; 550 "
       "no\n",
       "a@b.example failed 5.1.1 550 no\n"},
      {"no type",
       "Final-Recipient: <a@b.example>\nAction: Failed (permanent)\nStatus: 5.1.1 (no)\nDiagnostic-Code: 550 "
       "no\n",
       "a@b.example failed 5.1.1 550 no\n"},
      {"type twice", "Final-Recipient: rfc822; rfc822;a@b.example\nAction: failure\nStatus: 5.1.1\n",
       "a@b.example failed 5.1.1\n"},
      {"a name in a comment",
       "Final-Recipient: RFC822; a@b.example (Joe Doe)\nAction: error\nStatus: 5.1.1\n",
       "a@b.example failed 5.1.1\n"},
      {"two in one field",
       "Final-Recipient: rfc822; a@b.example, c@b.example\nAction: failed\nStatus: 5.1.1\n",
       "a@b.example failed 5.1.1\nc@b.example failed 5.1.1\n"},
      {"local user", "Final-Recipient: LOCAL; joe\nAction: failed\nStatus: 5.1.1\n", "joe failed 5.1.1\n"},
      {"program", "Final-Recipient: rfc822;|/bin/vacation joe\nAction: failed\nStatus: 5.1.1\n",
       "|/bin/vacation joe failed 5.1.1\n"},
      {"reply in the Status field", "Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 553 no\n",
       "a@b.example failed  553 no\n"},
      {"reply in Remote-MTA",
       "Final-Recipient: rfc822;a@b.example\nAction: failed\nRemote-MTA: smtp; 550 no\n",
       "a@b.example failed  550 no\n"},
      {"no Action, a permanent reply", "Final-Recipient: rfc822;a@b.example\nDiagnostic-Code: smtp; 550 no\n",
       "a@b.example failed  550 no\n"},
      {"no Action, class 4 status", "Final-Recipient: rfc822;a@b.example\nStatus: 4.4.1\n",
       "a@b.example delayed 4.4.1\n", Kind::delayed},
      {"lost folding",
       "Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 "
       "one\nsaid: two\n",
       "a@b.example failed 5.1.1 550 one said: two\n"},
      {"only a type",
       "Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;\n",
       "a@b.example failed 5.1.1\n"},
      {"CR alone", "Final-Recipient: rfc822;a@b.example\rAction: failed\rStatus: 5.1.1\r",
       "a@b.example failed 5.1.1\n"},
  };
  for (const Row& row : table) {
    CAPTURE(row.what);
    const ReportFields report = read_delivery_status(row.body, {});
    CHECK(listing(report) == row.listing);
    CHECK(report.kind == row.kind);
  }
}

TEST_CASE("per-message fields, wherever they stand") {
  const ReportFields report = read_delivery_status(
      "Final-Recipient: rfc822;a@b.example\nAction: failed\nRemote-MTA: dns; [192.0.2.1] (host (x))\n"
      "Will-Retry-Until: tomorrow\nLast-Attempt-Date: today\n\n"
      "Reporting-MTA: dns;mx.example (tcp-daemon)\nOriginal-Envelope-Id: id+2B1\nArrival-Date: then\n"
      "Received-From-MTA: dns; own@us.example\n",
      {});
  CHECK(report.reporting_mta == "mx.example");
  CHECK(report.original_envelope_id == "id+1");
  CHECK(report.arrival_date == "then");
  CHECK(report.received_from_mta == "own@us.example");
  REQUIRE(report.recipients.size() == 1);
  CHECK(report.recipients[0].remote_mta == "192.0.2.1");
  CHECK(report.recipients[0].will_retry_until == "tomorrow");
  CHECK(report.recipients[0].last_attempt_date == "today");
}

TEST_CASE("types before a semicolon are told from text") {
  constexpr std::string_view table[][3] = {
      {"smtp; 550 no", "smtp", "550 no"},
      {"X-Unix; 69", "x-unix", "69"},
      {"550 no; really", "", "550 no; really"},
      {"smtp;", "smtp", ""},
      {"a@b.example; x", "", "a@b.example; x"},
      {"", "", ""},
      {"SMTP ; 550", "smtp", "550"},
  };
  for (const auto& row : table) {
    CAPTURE(row[0]);
    CHECK(read_typed(row[0]).type == row[1]);
    CHECK(read_typed(row[0]).text == row[2]);
  }
}

TEST_CASE("action words") {
  struct Word {
    std::string_view word;
    Action action;
  };
  constexpr Word table[] = {{"failed", Action::failed},
                            {"Failure", Action::failed},
                            {"undeliverable", Action::failed},
                            {"expired", Action::failed},
                            {"delayed (will retry)", Action::delayed},
                            {"deliverable", Action::delivered},
                            {"delivered", Action::delivered},
                            {"relayed", Action::relayed},
                            {"expanded", Action::expanded},
                            {"", Action::none},
                            {"odd", Action::none}};
  for (const auto& row : table) {
    CAPTURE(row.word);
    CHECK(read_action(row.word) == row.action);
  }
}

TEST_CASE("too many recipients are cut and counted as damage") {
  std::string body;
  for (int i = 0; i < 30; ++i)
    body += "Final-Recipient: rfc822;a" + std::to_string(i) + "@b.example\nAction: failed\n\n";
  ReadLimits limits;
  limits.recipients = 10;
  const ReportFields report = read_delivery_status(body, limits);
  CHECK(report.recipients.size() == 10);
  CHECK(report.damage == std::vector<std::string>{"too_many_recipients"});
}

std::optional<ReportFields> dsn_of(std::string_view mail) { return read_dsn(read_mime(mail, {}), {}); }

TEST_CASE("a report is found under any label, the innermost one") {
  const std::string status =
      "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\n";
  const std::string mixed = "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: ";
  for (const std::string_view type :
       {"message/delivery-status", "message/global-delivery-status", "message/xdelivery-status",
        "text/plain; name=details.txt", "application/octet-stream; name=ATT00001.txt",
        "message/delivery-status\nContent-Transfer-Encoding: 8bit"}) {
    CAPTURE(type);
    const auto report = dsn_of(mixed + std::string(type) + "\n\n" + status + "--x--\n");
    REQUIRE(report);
    CHECK(listing(*report) == "a@b.example failed 5.1.1\n");
  }
  CHECK(dsn_of("Subject: x\n\n" + status));
  CHECK_FALSE(dsn_of("Subject: x\n\nHello,\n\n> " + status));
  CHECK_FALSE(dsn_of("Subject: x\n\nDear all,\nAction: failed\nFinal-Recipient: a@b.example\n"));
  CHECK_FALSE(dsn_of(mixed + "message/delivery-status\n\nnothing\n--x--\n")
                  .value_or(ReportFields{})
                  .recipients.size() > 0);
  const std::string outer =
      mixed + "message/delivery-status\n\nFinal-Recipient: rfc822;list@b.example\nAction: failed\n--x\n";
  const auto nested =
      dsn_of(outer +
             "Content-Type: message/rfc822\n\nContent-Type: multipart/report; boundary=y\n\n--y\n"
             "Content-Type: message/delivery-status\n\n" +
             status + "--y--\n--x--\n");
  REQUIRE(nested);
  CHECK(listing(*nested) == "a@b.example failed 5.1.1\n");
}

}  // namespace
}  // namespace bounced
