#include "parser/read_bounce.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "parser/charset.hpp"

namespace bounced {
namespace {

const Classifier& no_rules() {
  static const Classifier classifier = std::move(*Classifier::make({}));
  return classifier;
}

BounceReport read(std::string_view mail, ReadOptions options = {}) {
  auto reader = Reader::make(std::move(options), no_rules());
  REQUIRE(reader);
  return reader->read(mail);
}

std::string addresses(const BounceReport& report) {
  std::string out;
  for (const auto& r : report.recipients) out += (out.empty() ? "" : " ") + r.address;
  return out;
}

struct Dsn {
  std::string headers = "From: MAILER-DAEMON@mx.example\nTo: sender@us.example\n";
  std::string text = "Sorry.";
  std::string status = "Final-Recipient: rfc822;fin@b.example\nAction: failed\nStatus: 5.1.1\n";
  std::string returned = "From: sender@us.example\nTo: fin@b.example\nMessage-ID: <1@us.example>\n";

  [[nodiscard]] std::string mail() const {
    return headers + "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\n" +
           text + "\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n" +
           status + "\n--x\nContent-Type: text/rfc822-headers\n\n" + returned + "\n--x--\n";
  }
};

struct AddressRow {
  std::string_view what;
  Dsn dsn;
  std::string_view addresses;
};

/// A report that differs from the plain one by `change`.
template <typename Change>
Dsn with(Change change) {
  Dsn dsn;
  change(dsn);
  return dsn;
}

void check_addresses(const std::vector<AddressRow>& table) {
  for (const AddressRow& row : table) {
    CAPTURE(row.what);
    const BounceReport report = read(row.dsn.mail());
    CHECK(report.kind == Kind::bounce);
    CHECK(addresses(report) == row.addresses);
  }
}

const std::string failed = "Action: failed\nStatus: 5.1.1\n";

TEST_CASE("whose address a report is about") {
  const std::vector<AddressRow> table = {
      {"Final-Recipient", Dsn{}, "fin@b.example"},
      {"Original-Recipient goes first", with([](Dsn& d) {
         d.status =
             "Original-Recipient: rfc822;orig@b.example\nFinal-Recipient: rfc822;fin@c.example\n" + failed;
         d.returned = "To: orig@b.example\n";
       }),
       "orig@b.example"},
      {"an alias between the address we know and the mailbox", with([](Dsn& d) {
         d.status =
             "Original-Recipient: rfc822;alias@b.example\nFinal-Recipient: rfc822;fin@b.example\n" + failed;
       }),
       "fin@b.example"},
      {"VERP goes before all",
       with([](Dsn& d) { d.headers = "To: list-bounces+verp=c.example@us.example\n"; }), "verp@c.example"},
      {"VERP in Delivered-To",
       with([](Dsn& d) { d.headers += "Delivered-To: list-return-12-verp=c.example@us.example\n"; }),
       "verp@c.example"},
      {"VERP with an id before the user",
       with([](Dsn& d) { d.headers = "To: list-bounces+7f3a-12-fin=b.example@us.example\n"; }),
       "fin@b.example"},
      {"a user that only looks like an id",
       with([](Dsn& d) { d.headers = "To: list-bounces+mac-fin=b.example@us.example\n"; }),
       "mac-fin@b.example"},
      {"an id before another user",
       with([](Dsn& d) { d.headers = "To: list-bounces+12-other=b.example@us.example\n"; }),
       "12-other@b.example"},
      {"forwarded after delivery", with([](Dsn& d) {
         d.returned = "Delivered-To: sub@c.example\nTo: sub@c.example\nFrom: sender@us.example\n";
       }),
       "sub@c.example"},
      {"a blind copy is no forwarding", with([](Dsn& d) { d.returned = "To: other@c.example\n"; }),
       "fin@b.example"},
      {"people write to themselves",
       with([](Dsn& d) { d.status = "Final-Recipient: rfc822;sender@us.example\n" + failed; }),
       "sender@us.example"},
      {"quoted and in capitals",
       with([](Dsn& d) { d.status = "Final-Recipient: rfc822; \"Fin\"@B.Example\n" + failed; }),
       "fin@b.example"},
      {"two in a report keep their own", with([](Dsn& d) {
         d.status = "Final-Recipient: rfc822;a@b.example\n" + failed +
                    "\nFinal-Recipient: rfc822;c@b.example\n" + failed;
       }),
       "a@b.example c@b.example"},
      {"one address named twice is one recipient", with([](Dsn& d) {
         d.status = "Original-Recipient: rfc822;a@b.example\nFinal-Recipient: rfc822;x@b.example\n" + failed +
                    "\nOriginal-Recipient: rfc822;a@b.example\nFinal-Recipient: rfc822;y@b.example\n" +
                    failed;
       }),
       "a@b.example"},
  };
  check_addresses(table);
}

TEST_CASE("whose address it is where the field has none that mail can go to") {
  const std::vector<AddressRow> table = {
      {"local name, one recipient with it",
       with([](Dsn& d) { d.status = "Final-Recipient: LOCAL; fin\n" + failed; }), "fin@b.example"},
      {"local name, two with it", with([](Dsn& d) {
         d.status = "Final-Recipient: LOCAL; fin\n" + failed;
         d.returned = "To: fin@b.example, fin@c.example\n";
       }),
       ""},
      {"a program: the only recipient",
       with([](Dsn& d) { d.status = "Final-Recipient: rfc822;|/bin/prog\n" + failed; }), "fin@b.example"},
      {"a program, but list mail", with([](Dsn& d) {
         d.status = "Final-Recipient: rfc822;|/bin/prog\n" + failed;
         d.returned += "List-Id: <l.us.example>\n";
       }),
       ""},
      {"a program: X-Failed-Recipients", with([](Dsn& d) {
         d.status = "Final-Recipient: rfc822;/var/mail/x\n" + failed;
         d.headers += "X-Failed-Recipients: xf@b.example\n";
       }),
       "xf@b.example"},
      {"an X.500 name in an address",
       with([](Dsn& d) { d.status = "Final-Recipient: rfc822;IMCEAEX-_O=A_CN=B@b.example\n" + failed; }),
       "fin@b.example"},
      {"never guessed: our own sender", with([](Dsn& d) {
         d.status = "Final-Recipient: unknown; /x/\n" + failed;
         d.returned = "From: sender@us.example\nTo: sender@us.example\n";
       }),
       ""},
  };
  check_addresses(table);
}

TEST_CASE("addresses of our own side are never acted on") {
  Dsn dsn;
  dsn.status = "Final-Recipient: rfc822;fin@us.example\nAction: failed\nStatus: 5.1.1\n";
  dsn.returned = "To: fin@us.example\n";
  ReadOptions options;
  options.own_domains = {"US.example"};
  CHECK(addresses(read(dsn.mail(), options)).empty());
  options.own_domains.clear();
  options.own_addresses = {"Fin@us.example"};
  CHECK(addresses(read(dsn.mail(), options)).empty());
}

TEST_CASE("codes and commands come from the reply before the fields that guess them") {
  struct Row {
    std::string_view fields, text, status, reply_code, command, diagnostic;
  };
  constexpr Row table[] = {
      {"Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.7.1 blocked\n", "", "5.7.1", "550", "",
       "550 5.7.1 blocked"},
      {"Status: 5.2.2\nDiagnostic-Code: smtp; 552 full\n", "", "5.2.2", "552", "", "552 full"},
      {"Status: 5.0.0\nDiagnostic-Code: smtp; no mailbox (#5.1.1)\n", "", "5.1.1", "", "",
       "no mailbox (#5.1.1)"},
      {"Status: 5.1.2\nDiagnostic-Code: smtp; 550 5.0.0 no\n", "", "5.1.2", "550", "", "550 5.0.0 no"},
      {"Diagnostic-Code: x-unix; 255\n", "", "", "", "", "255"},
      {"Diagnostic-Code: smtp; 220-mx 421 4.2.1 later\n", "", "4.2.1", "421", "", "220-mx 421 4.2.1 later"},
      {"Diagnostic-Code: smtp; 550-5.1.1 one\n 550 5.1.1 two\n", "", "5.1.1", "550", "",
       "550-5.1.1 one 550 5.1.1 two"},
      {"Diagnostic-Code: smtp; 550 =?utf-8?Q?gr=C3=BCn?=\n", "", "", "550", "", "550 grün"},
      {"Diagnostic-Code: smtp; 550 no\n",
       "<fin@b.example>: host x said: 550 no (in reply to RCPT\n    TO command)\n", "", "550", "RCPT",
       "550 no"},
      {"Diagnostic-Code: smtp; 550 no\n", "<other@b.example>: 550 no (in reply to RCPT TO command)\n", "",
       "550", "", "550 no"},
  };
  for (const auto& row : table) {
    CAPTURE(row.fields);
    Dsn dsn;
    dsn.status = "Final-Recipient: rfc822;fin@b.example\nAction: failed\n" + std::string(row.fields);
    if (!row.text.empty()) dsn.text = row.text;
    const BounceReport report = read(dsn.mail());
    REQUIRE(report.recipients.size() == 1);
    CHECK(report.recipients[0].status == row.status);
    CHECK(report.recipients[0].reply_code == row.reply_code);
    CHECK(report.recipients[0].command == row.command);
    CHECK(report.recipients[0].diagnostic == row.diagnostic);
  }
}

TEST_CASE("the original is known by its headers, wherever they stand") {
  const std::string headers =
      "Message-ID: <id@us.example>\nFrom: Us <sender@us.example>\nTo: \"Fin, The\" <fin@b.example>\n"
      "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nList-Id: News "
      "<news.us.example>\n"
      "X-Campaign: c1\n";
  ReadOptions options;
  options.extra_headers = {"x-campaign", "X-None"};
  const std::string start =
      "Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
      "Final-Recipient: rfc822;fin@b.example\nAction: failed\nStatus: 5.1.1\n\n--x\nContent-Type: ";
  std::string indented = "    " + headers;
  for (std::size_t at = indented.find('\n'); at + 1 < indented.size(); at = indented.find('\n', at + 1))
    indented.insert(at + 1, "    ");
  const std::string table[] = {
      "text/rfc822-headers\n\n" + headers,
      "message/rfc822\n\n" + headers + "\nbody\n",
      "message/rfc822\n\n\n" + headers + "\nbody\n",
      "message/global-headers\n\n" + headers,
      "text/plain\n\n" + headers,
      "text/plain\n\n" + indented,
      "message/partial; id=a\n\n" + headers,
  };
  for (const std::string& part : table) {
    CAPTURE(part);
    const BounceReport report = read(start + part + "\n--x--\n", options);
    CHECK(report.original.message_id == "id@us.example");
    CHECK(report.original.from == "sender@us.example");
    CHECK(report.original.to == "fin@b.example");
    CHECK(report.original.subject == "Grüße");
    CHECK(report.original.list_id == "news.us.example");
    CHECK(report.original.date == "Mon, 1 Jan 2024 00:00:00 +0000");
    CHECK(report.original.extra == std::map<std::string, std::string>{{"x-campaign", "c1"}});
  }
}

TEST_CASE("mails that are no bounces keep their kind") {
  struct Row {
    std::string_view what, mail;
    Kind kind;
    std::string_view addresses;
  };
  constexpr Row table[] = {
      {"vacation, subject", "From: joe@b.example\nSubject: Automatic reply: hello\n\nI am away.",
       Kind::auto_reply, "joe@b.example"},
      {"vacation, German", "From: joe@b.example\nSubject: Automatische Antwort: Hallo\n\nBin weg.",
       Kind::auto_reply, "joe@b.example"},
      {"vacation, encoded", "From: joe@b.example\nSubject: =?utf-8?B?6Ieq5Yqo5Zue5aSN?=\n\n.",
       Kind::auto_reply, "joe@b.example"},
      {"vacation, field", "From: joe@b.example\nX-Autoreply: yes\nSubject: Re: hello\n\nAway.",
       Kind::auto_reply, "joe@b.example"},
      {"RFC 3834", "From: joe@b.example\nAuto-Submitted: auto-replied\nSubject: Re: hello\n\nAway.",
       Kind::auto_reply, "joe@b.example"},
      {"RFC 3834, no", "From: joe@b.example\nAuto-Submitted: no\nSubject: Re: hello\n\nHi.", Kind::not_bounce,
       ""},
      {"challenge", "From: joe@b.example\nSubject: Please confirm your message\n\nClick here.",
       Kind::challenge, "joe@b.example"},
      {"a challenge in other words",
       "From: joe@b.example\nAuto-Submitted: auto-replied\nSubject: Re: hello\n\n"
       "Your mail is held until you confirm that you are human.",
       Kind::challenge, "joe@b.example"},
      {"TMDA", "From: joe@b.example\nX-Delivery-Agent: TMDA/1.0\nSubject: hello\n\nReply.", Kind::challenge,
       "joe@b.example"},
      {"TLS report", "From: r@b.example\nTLS-Report-Domain: us.example\nSubject: Report\n\nx",
       Kind::not_bounce, ""},
      {"DMARC report",
       "From: r@b.example\nSubject: Report Domain: us.example Submitter: b.example Report-ID: 1\n\nx",
       Kind::not_bounce, ""},
      {"a person", "From: joe@b.example\nSubject: hello\n\nHow are you?", Kind::not_bounce, ""},
      {"nothing", "", Kind::not_bounce, ""},
      {"read receipt",
       "From: joe@b.example\nContent-Type: multipart/report; report-type=disposition-notification; "
       "boundary=x\n\n--x\n\nread\n"
       "--x\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;joe@b.example\n"
       "Disposition: manual-action/MDN-sent-manually; displayed\n--x--\n",
       Kind::disposition, "joe@b.example"},
      {"refused in the form of a receipt",
       "From: x@b.example\nSubject: Rejected: hello\n"
       "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\n\n"
       "Your message was automatically rejected:\nQuota exceeded (mailbox for user is full)\n\nbye\n"
       "--x\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;joe@b.example\n"
       "Disposition: automatic-action/MDN-sent-automatically; deleted\n--x--\n",
       Kind::bounce, "joe@b.example"},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const BounceReport report = read(row.mail);
    CHECK(report.kind == row.kind);
    CHECK(addresses(report) == row.addresses);
    for (const auto& r : report.recipients)
      if (report.kind != Kind::bounce) CHECK(r.verdict.advice == Advice::ignore);
  }
}

TEST_CASE("feedback reports are complaints by their type") {
  struct Row {
    std::string_view fields, returned;
    Kind kind;
    std::string_view type, addresses;
  };
  constexpr Row table[] = {
      {"Feedback-Type: abuse\nOriginal-Rcpt-To: <joe@b.example>\n", "", Kind::complaint, "abuse",
       "joe@b.example"},
      {"Feedback-Type: abuse\nOriginal-Rcpt-To: rfc822;a@b.example\nOriginal-Rcpt-To: c@b.example\n", "",
       Kind::complaint, "abuse", "a@b.example c@b.example"},
      {"Feedback-Type: Opt-Out\nRemoval-Recipient: joe@b.example\n", "", Kind::complaint, "opt-out",
       "joe@b.example"},
      {"Feedback-Type: fraud (x)\n", "To: joe@b.example\n", Kind::complaint, "fraud", "joe@b.example"},
      {"Feedback-Type: abuse\n", "To: joe@b.example, al@b.example\n", Kind::complaint, "abuse", ""},
      {"Feedback-Type: abuse\n", "To: list@us.example\nList-Id: <l>\n", Kind::complaint, "abuse", ""},
      {"Feedback-Type: abuse\nOriginal-Rcpt-To: redacted@b.example\n", "", Kind::complaint, "abuse", ""},
      {"Feedback-Type: auth-failure\nOriginal-Rcpt-To: joe@b.example\n", "", Kind::not_bounce, "auth-failure",
       "joe@b.example"},
      {"Feedback-Type: not-spam\n", "", Kind::not_bounce, "not-spam", ""},
      {"User-Agent: x\nOriginal-Rcpt-To: joe@b.example\n", "", Kind::complaint, "abuse", "joe@b.example"},
  };
  for (const auto& row : table) {
    CAPTURE(row.fields);
    const std::string mail =
        "From: fbl@b.example\nContent-Type: multipart/report; report-type=feedback-report; "
        "boundary=x\n\n--x\n\nspam\n"
        "--x\nContent-Type: message/feedback-report\n\n" +
        std::string(row.fields) + "\n--x\nContent-Type: message/rfc822\n\nFrom: sender@us.example\n" +
        std::string(row.returned) + "\nbody\n--x--\n";
    const BounceReport report = read(mail);
    CHECK(report.kind == row.kind);
    CHECK(report.feedback_type == row.type);
    CHECK(addresses(report) == row.addresses);
    for (const auto& r : report.recipients)
      CHECK(r.verdict.advice == (row.kind == Kind::complaint ? Advice::suppress : Advice::ignore));
  }
}

TEST_CASE("complaints without a report part") {
  const BounceReport jmrp = read(
      "From: staff@hotmail.example\nSubject: complaint about message from 192.0.2.1\nContent-Type: "
      "multipart/mixed; boundary=x\n\n"
      "--x\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: joe@b.example\nTo: "
      "other@b.example\n\nx\n--x--\n");
  CHECK(jmrp.kind == Kind::complaint);
  CHECK(addresses(jmrp) == "joe@b.example");
  const BounceReport robot =
      read("From: joe@b.example\nSubject: unsubscribe\nX-Apple-Unsubscribe: true\n\nx");
  CHECK(robot.kind == Kind::complaint);
  CHECK(robot.feedback_type == "opt-out");
  CHECK(addresses(robot) == "joe@b.example");
}

TEST_CASE("a delay asks for nothing, and the kind follows the worst recipient") {
  Dsn dsn;
  dsn.status = "Final-Recipient: rfc822;a@b.example\nAction: delayed\nStatus: 4.4.1\n";
  BounceReport report = read(dsn.mail());
  CHECK(report.kind == Kind::delayed);
  CHECK(report.recipients.at(0).verdict.advice == Advice::ignore);
  dsn.status += "\nFinal-Recipient: rfc822;c@b.example\nAction: failed\nStatus: 5.1.1\n";
  report = read(dsn.mail());
  CHECK(report.kind == Kind::bounce);
  CHECK(report.recipients.at(0).action == Action::delayed);
  CHECK(report.recipients.at(1).action == Action::failed);
}

TEST_CASE("the JSON is schema 1, field by field") {
  Dsn dsn;
  dsn.status =
      "Final-Recipient: rfc822;fin@b.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.b.example\n"
      "Diagnostic-Code: smtp; 550 5.1.1 \"no\" \\ here\n";
  const std::string json = report_json(read(dsn.mail()), "a/\"b\"\x01.eml");
  CHECK(json.starts_with(
      R"({"schema":1,"file":"a/\"b\"\u0001.eml","kind":"bounce","dialect":"rfc3464","damage":[],)"
      R"("reporting_mta":"mx.example","arrival_date":"","envelope_id":"",)"
      R"("original":{"message_id":"1@us.example","from":"sender@us.example","to":"fin@b.example",)"
      R"("subject":"","list_id":"","date":""},"verp_recipient":"","recipients":[{"address":"fin@b.example",)"
      R"("original_recipient":"","final_recipient":"fin@b.example","action":"failed","status":"5.1.1",)"
      R"("reply_code":"550","diagnostic":"550 5.1.1 \"no\" \\ here","remote_mta":"mx.b.example","vendor":)"));
  CHECK(json.find('\n') == std::string::npos);
  for (const std::string_view key :
       {"category", "reason", "fault", "permanence", "confidence", "rule", "confirm", "decision"}) {
    CAPTURE(key);
    CHECK(json.find("\"" + std::string(key) + "\":") != std::string::npos);
  }
}

TEST_CASE("the trace tells each stage") {
  auto reader = Reader::make({}, no_rules());
  REQUIRE(reader);
  ReadTrace trace;
  const BounceReport report = reader->read(Dsn{}.mail(), &trace);
  std::string all;
  for (const std::string& line : trace.lines) all += line + '\n';
  for (const std::string_view fact : {"part 0: multipart/report", "kind: bounce, read as rfc3464",
                                      "returned mail: part 3", "recipient fin@b.example: Final-Recipient"}) {
    CAPTURE(all);
    CHECK(all.find(fact) != std::string::npos);
  }
  CHECK(trace.explanations.size() == report.recipients.size());
}

TEST_CASE("a bad VERP pattern is refused by name") {
  ReadOptions options;
  for (const std::string_view pattern : {"(", "no-groups@x"}) {
    options.verp = {{"mine", std::string(pattern)}};
    const auto reader = Reader::make(options, no_rules());
    REQUIRE_FALSE(reader);
    CHECK(reader.error().exit == Exit::config);
    CHECK(reader.error().message.find("\"mine\"") != std::string::npos);
  }
}

}  // namespace
}  // namespace bounced
