#include "tests/contract/store_world.hpp"

#include <doctest/doctest.h>

namespace bounced::contract {

std::string hash_of(std::string_view seed) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::uint64_t state = 14695981039346656037U;
  for (const char c : seed) state = (state ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string hash;
  while (hash.size() < 64) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    hash.push_back(digits[state >> 60U]);
  }
  return hash;
}

JournalRow mail_row(const std::string& mailbox, std::uint32_t uid_validity, std::uint32_t uid,
                    std::string_view content, UnixSeconds seen_at) {
  JournalRow row;
  row.key = {mailbox, uid_validity, uid, hash_of(content)};
  row.seen_at = seen_at;
  row.size_bytes = 2000;
  row.kind = Kind::bounce;
  row.dialect = "rfc3464";
  row.source = "imap";
  return row;
}

BounceEvent failure(const std::string& address) {
  BounceEvent event;
  event.address = event.address_as_written = address;
  event.at = start;
  event.reason = Reason::user_unknown;
  event.fault = Fault::recipient;
  event.permanence = Permanence::address;
  event.confidence = Confidence::strong;
  event.advice = Advice::suppress;
  event.provider = "example.org";
  event.action = "failed";
  event.status = "5.1.1";
  event.reply_code = "550";
  event.diagnostic = "550 5.1.1 no such user";
  return event;
}

Suppression suppression_of(const std::string& address) {
  Suppression made;
  made.address = made.address_as_written = address;
  made.reason = Reason::user_unknown;
  made.confidence = Confidence::strong;
  made.source = "policy";
  made.count = 1;
  made.first_seen = made.last_seen = made.decided_at = start;
  return made;
}

Retry retry_of(const std::string& address, UnixSeconds retry_after) {
  return {
      address, Reason::greylisted, "example.org", "1@sender.example", "news.sender.example", "450 greylisted",
      1,       retry_after,        start};
}

OperatorIssue issue_of(const std::string& provider, const std::string& text) {
  OperatorIssue issue;
  issue.provider = issue.vendor = provider;
  issue.reason = Reason::ip_blocked;
  issue.normalised_text = text;
  issue.sample_text = "550 " + text;
  issue.rule = provider + "/ip";
  issue.count = 1;
  issue.first_seen = issue.last_seen = issue.reported_at = start;
  return issue;
}

std::unique_ptr<Transaction> begin(Store& store) {
  auto begun = store.begin();
  REQUIRE_MESSAGE(begun, (begun ? "" : begun.error().message));
  return std::move(*begun);
}

void add_mail(Store& store, std::string_view content, const std::vector<BounceEvent>& events,
              UnixSeconds seen_at, Disposal disposal) {
  auto transaction = begin(store);
  JournalRow row =
      mail_row("returns", 1, static_cast<std::uint32_t>(std::hash<std::string_view>{}(content)) | 1U, content,
               seen_at);
  row.disposal = disposal;
  row.kind = events.empty() ? Kind::not_bounce : events.front().kind;
  REQUIRE(*transaction->journal(row));
  for (const BounceEvent& event : events) REQUIRE(transaction->add_event(event));
  REQUIRE(transaction->commit());
}

std::vector<BounceEvent> events_of(Store& store, const std::string& address) {
  std::vector<BounceEvent> rows;
  REQUIRE(store.events(address, [&](const BounceEvent& row) { return rows.push_back(row), true; }));
  return rows;
}

std::vector<OutboxChange> changes_of(Store& store, std::int64_t after) {
  std::vector<OutboxChange> rows;
  REQUIRE(store.changes(after, [&](const OutboxChange& row) { return rows.push_back(row), true; }));
  return rows;
}

std::vector<Retry> retries_of(Store& store, UnixSeconds due_at) {
  std::vector<Retry> rows;
  REQUIRE(store.retries(due_at, [&](const Retry& row) { return rows.push_back(row), true; }));
  return rows;
}

std::vector<Suppression> suppressions_of(Store& store) {
  std::vector<Suppression> rows;
  REQUIRE(store.suppressions({}, [&](const Suppression& row) { return rows.push_back(row), true; }));
  return rows;
}

World world_of(Store& store) {
  return {suppressions_of(store), changes_of(store),          retries_of(store, 0),
          *store.issues(""),      *store.unknown_templates(), *store.summary(0, long_after)};
}

}  // namespace bounced::contract
