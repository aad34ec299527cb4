#include "tests/daemon/pipeline_world.hpp"

#include <doctest/doctest.h>

namespace bounced::test {

std::string dsn(const std::vector<DsnRecipient>& recipients, const std::string& salt,
                const std::string& date) {
  std::string text =
      "From: MAILER-DAEMON@relay.sender.example\nTo: returns@sender.example\nDate: " + date +
      "\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <" + salt +
      "@relay.sender.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; "
      "report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\n"
      "Your mail could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\n"
      "Reporting-MTA: dns; relay.sender.example\nArrival-Date: Sat, 28 Feb 2026 12:00:00 +0000\n";
  for (const DsnRecipient& one : recipients)
    text += "\nFinal-Recipient: rfc822; " + one.address + "\nAction: " + one.action +
            "\nStatus: " + one.status + "\nRemote-MTA: dns; " + one.remote_mta + "\nDiagnostic-Code: smtp; " +
            one.diagnostic + "\n";
  return text +
         "\n--b\nContent-Type: message/rfc822\n\nFrom: News <news@sender.example>\nTo: list@sender.example\n"
         "Subject: News\nMessage-ID: <original-" +
         salt +
         "@sender.example>\nList-Id: News <news.sender.example>\n"
         "Date: Sat, 28 Feb 2026 11:59:00 +0000\n\nHello.\n\n--b--\n";
}

std::string complaint(const std::string& address) {
  return "From: feedback@isp.example\nTo: abuse@sender.example\nDate: Sun, 1 Mar 2026 12:00:00 +0000\n"
         "Subject: complaint\nMessage-ID: <arf-" +
         address +
         ">\nMIME-Version: 1.0\nContent-Type: multipart/report; "
         "report-type=feedback-report; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nA "
         "complaint.\n\n--b\n"
         "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: FBL/1.0\nVersion: 1\n"
         "Original-Rcpt-To: " +
         address + "\n\n--b\nContent-Type: message/rfc822\n\nFrom: news@sender.example\nTo: " + address +
         "\nSubject: News\nMessage-ID: <o@sender.example>\n\nHello.\n\n--b--\n";
}

Engine engine() {
  auto made = make_engine(Settings{});
  REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
  return std::move(*made);
}

std::vector<FetchedMail> fetched(const std::vector<std::string>& texts, std::uint32_t first_uid) {
  std::vector<FetchedMail> mails;
  for (const std::string& text : texts) {
    FetchedMail mail;
    mail.uid_validity = 7;
    mail.uid = first_uid + static_cast<std::uint32_t>(mails.size());
    mail.name = "returns:" + std::to_string(mail.uid);
    mail.bytes = text;
    mail.size_bytes = text.size();
    mails.push_back(mail);
  }
  return mails;
}

std::vector<FetchedMail> mixed_mails() {
  std::vector<std::string> texts;
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    texts.push_back(dsn({{"dead" + n + "@receiver.example"}}, "dead" + n));
    texts.push_back(dsn(
        {{"full" + std::to_string(i % 2) + "@receiver.example", "failed", "5.2.2", "552 5.2.2 Mailbox full"}},
        "full" + n, "Sun, " + std::to_string(i + 1) + " Feb 2026 12:00:00 +0000"));
    texts.push_back(
        dsn({{"slow" + n + "@receiver.example", "delayed", "4.7.1", "450 4.7.1 Greylisted, try again later"}},
            "slow" + n));
    texts.push_back(
        dsn({{"ours" + n + "@receiver.example", "failed", "5.7.1",
              "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"},
             {"fine" + n + "@receiver.example", "delivered", "2.0.0", "250 2.0.0 Ok"}},
            "ours" + n));
    if (i % 4 == 0)
      texts.push_back(
          dsn({{"odd" + n + "@receiver.example", "failed", "5.0.0", "550 zorbl qwexit frumious " + n}},
              "odd" + n));
    if (i % 4 == 0) texts.push_back(complaint("angry" + n + "@receiver.example"));
    if (i % 5 == 0) texts.push_back(texts.front());
  }
  texts.push_back("Subject: hello\n\nNo bounce.\n");
  return fetched(texts);
}

std::string end_state(Store& store) {
  std::string text;
  const auto number = [](std::int64_t value) { return std::to_string(value) + " "; };
  REQUIRE(store.suppressions({}, [&](const Suppression& row) {
    text += "suppressed " + row.address + " " + std::string(to_string(row.reason)) + " " + row.source + " " +
            row.note + " " + number(row.count) + number(row.first_seen) + number(row.last_seen) + "\n";
    return true;
  }));
  REQUIRE(store.changes(0, [&](const OutboxChange& row) {
    text += "change " + row.address + " " + (row.suppressed ? "on" : "off") + "\n";
    return true;
  }));
  REQUIRE(store.retries(0, [&](const Retry& row) {
    text += "retry " + row.address + " " + number(row.attempts) + number(row.retry_after) +
            row.original_message_id + "\n";
    return true;
  }));
  const std::vector<OperatorIssue> issues = *store.issues("");
  for (const OperatorIssue& row : issues)
    text += "issue " + row.provider + " " + std::string(to_string(row.reason)) + " " + number(row.count) +
            row.normalised_text + "\n";
  const std::vector<UnknownTemplate> unknown = *store.unknown_templates();
  for (const UnknownTemplate& row : unknown) {
    text += "unknown " + row.vendor + " " + number(row.count) + number(row.first_seen) +
            number(row.last_seen) + row.text;
    for (const std::string& sample : row.samples) text += " | " + sample;
    text += "\n";
  }
  const std::vector<Wave> waves = *store.waves("");
  for (const Wave& row : waves)
    text += "wave " + number(row.id) + std::string(to_string(row.kind)) + " " + row.name + " " + row.state +
            " " + number(row.first_at) + number(row.last_at) + number(row.count) + number(row.bound) +
            number(row.usual) + number(row.held) + row.sample + "\n";
  REQUIRE(store.holds({}, [&](const Hold& row) {
    text += "held " + number(row.wave) + row.suppression.address + " " + number(row.at) +
            row.suppression.note + "\n";
    return true;
  }));
  const RunSummary all = *store.summary(0, noon + 1000 * day);
  text += "mails " + number(all.mails) + "events " + number(all.events) + "unrecognised " +
          number(all.unrecognised) + "\n";
  for (const auto* counts : {&all.by_kind, &all.by_reason, &all.by_advice})
    for (const CountBy& one : *counts) text += one.key + " " + number(one.count) + "\n";
  return text;
}

}  // namespace bounced::test
