// The contract of a store: mails, events, histories, transactions.
#include <doctest/doctest.h>

#include "tests/contract/store_checks.hpp"
#include "tests/contract/store_world.hpp"

using namespace std::string_literals;

namespace bounced::contract {

void journal_counts_content_once(Store& store) {
  auto transaction = begin(store);
  CHECK(*transaction->journal(mail_row("returns", 7, 1, "a")));
  CHECK_FALSE(*transaction->journal(mail_row("returns", 7, 1, "a")));   // the same place again
  CHECK_FALSE(*transaction->journal(mail_row("returns", 8, 44, "a")));  // after a change of UIDVALIDITY
  CHECK_FALSE(*transaction->journal(mail_row("other", 7, 1, "a")));     // copied elsewhere
  CHECK_FALSE(*transaction->journal(mail_row("import", 0, 0, "a")));    // as a file
  CHECK(*transaction->journal(mail_row("returns", 7, 2, "b")));
  CHECK(*transaction->journal(mail_row("returns", 7, 1, "c")));  // a server that gave a UID twice
  REQUIRE(transaction->commit());
  transaction.reset();

  CHECK(*store.is_journaled({"anything", 0, 0, hash_of("a")}));
  CHECK_FALSE(*store.is_journaled({"returns", 7, 1, hash_of("never")}));
  CHECK(*store.is_journaled({"returns", 7, 2, ""}));
  CHECK(*store.is_journaled({"returns", 8, 44, ""}));
  CHECK_FALSE(*store.is_journaled({"returns", 7, 3, ""}));
  CHECK_FALSE(*store.is_journaled({"nobody", 7, 2, ""}));
  CHECK(store.summary(0, long_after)->mails == 3);
  CHECK(store.summary(0, long_after)->duplicates == 2);  // "returns" 8/44 and "other" 7/1
}

void a_duplicate_takes_no_events(Store& store) {
  auto transaction = begin(store);
  CHECK(transaction->add_event(failure("a@example.org")).error().exit == Exit::internal);
  CHECK(*transaction->journal(mail_row("returns", 7, 1, "a")));
  CHECK(transaction->add_event(failure("a@example.org")));
  CHECK_FALSE(*transaction->journal(mail_row("returns", 7, 1, "a")));
  CHECK(transaction->add_event(failure("a@example.org")).error().exit == Exit::internal);
}

void rollback_leaves_nothing(Store& store) {
  add_mail(store, "kept", {failure("kept@example.org")});
  const World before = world_of(store);
  {
    auto transaction = begin(store);
    REQUIRE(*transaction->journal(mail_row("returns", 7, 9, "lost")));
    REQUIRE(transaction->add_event(failure("lost@example.org")));
    REQUIRE(transaction->suppress(suppression_of("lost@example.org")));
    REQUIRE(transaction->suppress(suppression_of("kept@example.org")));
    REQUIRE(transaction->put_retry(retry_of("lost@example.org", start + 60)));
    REQUIRE(transaction->slow_down({"google", Reason::rate_limited, start, start + 3600, 1}));
    REQUIRE(transaction->report_issue(issue_of("google", "your ip is listed")));
    UnknownTemplate unknown;
    unknown.text = "zorbl";
    unknown.samples = {"550 zorbl"};
    REQUIRE(transaction->note_unknown(unknown));
    REQUIRE(transaction->delivered("kept@example.org", start));
    REQUIRE(transaction->set_cursor("returns", {7, 9}));
    REQUIRE(transaction->add_run({"returns", start, start + 1, 1, 1, 0, 0, 0, 1, ""}));
    CHECK(transaction->history("lost@example.org", 0)->events.size() == 1);  // its own writes are seen
    CHECK(transaction->history("lost@example.org", 0)->suppressed);
  }
  CHECK(world_of(store) == before);
  CHECK(store.cursor("returns")->last_uid == 0);
  CHECK_FALSE(*store.is_journaled({"returns", 7, 9, hash_of("lost")}));
  CHECK(begin(store)->history("kept@example.org", 0)->soft_reset_at == 0);

  // What was rolled back can be done again, under the same numbers.
  add_mail(store, "lost", {failure("lost@example.org")});
  CHECK(events_of(store, "lost@example.org").size() == 1);
}

void one_transaction_at_a_time(Store& store) {
  auto first = begin(store);
  CHECK(store.begin().error().exit == Exit::internal);
  first.reset();
  CHECK(store.begin());
}

void events_come_back_as_they_went(Store& store) {
  BounceEvent full = failure("Person@example.org");
  full.address = "person@example.org";
  full.address_as_written = "Person@example.org";
  full.confirm = true;
  full.rule = "vade/403";
  full.vendor = "vade";
  full.provider = "vade";
  full.command = "RCPT";
  full.remote_mta = "mx.example.org";
  full.wait_seconds = 3600;
  full.will_retry_until = start + 86400;
  full.outcome = "count";
  full.counted = 1;
  full.threshold = 2;
  full.diagnostic = "550 5.7.1 \xE2\x80\x9Cquoted\xE2\x80\x9D \xFF bytes\0 and a NUL"s;
  full.reporting_mta = "relay.sender.example";
  full.original_message_id = "1@sender.example";
  full.original_from = "news@sender.example";
  full.list_id = "news.sender.example";
  full.mailbox = "returns";
  full.authenticity = Authenticity::proven;
  full.authenticity_because = "the signature of its return path holds";
  full.signature = "20781-k3vq7c2mzt4a";
  BounceEvent second = failure("other@example.org");
  second.reporting_mta = "what the first event of the mail says stands";
  add_mail(store, "m", {full, second});

  auto read = events_of(store, "person@example.org");
  REQUIRE(read.size() == 1);
  CHECK(read[0].id > 0);
  CHECK(read[0].mail_id > 0);
  full.id = read[0].id;
  full.mail_id = read[0].mail_id;
  CHECK(read[0] == full);

  auto read_second = events_of(store, "other@example.org");
  REQUIRE(read_second.size() == 1);
  CHECK(read_second[0].mail_id == full.mail_id);
  CHECK(read_second[0].reporting_mta == full.reporting_mta);
  CHECK(read_second[0].list_id == full.list_id);
  CHECK(events_of(store, "nobody@example.org").empty());
}

void addresses_stream_in_order(Store& store) {
  BounceEvent late = failure("b@example.org");
  late.at = start + 50;
  late.diagnostic = "came first";
  BounceEvent early = failure("b@example.org");
  early.diagnostic = "came second";
  add_mail(store, "1", {late, failure("c@example.org")});
  add_mail(store, "2", {early, failure("a@example.org")});
  {
    auto transaction = begin(store);
    REQUIRE(transaction->delivered("b@example.org", start + 7));
    REQUIRE(transaction->suppress(suppression_of("quiet@example.org")));  // no events: not told
    REQUIRE(transaction->commit());
  }
  const auto told = [&](const std::string& after, std::size_t most) {
    std::vector<AddressRecord> records;
    REQUIRE(store.addresses(after, [&](const AddressRecord& record) {
      records.push_back(record);
      return records.size() < most;
    }));
    return records;
  };
  const auto all = told("", 100);
  REQUIRE(all.size() == 3);
  CHECK(all[0].address == "a@example.org");
  CHECK(all[1].address == "b@example.org");
  CHECK(all[2].address == "c@example.org");
  CHECK(all[1].soft_reset_at == start + 7);
  CHECK(all[1].last_delivered_at == start + 7);
  CHECK(all[2].soft_reset_at == 0);
  REQUIRE(all[1].events.size() == 2);
  CHECK(all[1].events[0].diagnostic == "came first");
  CHECK(all[1].events[1].diagnostic == "came second");
  CHECK(all[2].events == events_of(store, "c@example.org"));
  CHECK(told("", 2).size() == 2);
  CHECK(told("b@example.org", 100) == std::vector<AddressRecord>{all[2]});
  CHECK(told("c@example.org", 100).empty());
}

void an_event_is_judged_again(Store& store) {
  add_mail(store, "1", {failure("a@example.org"), failure("b@example.org")});
  BounceEvent event = events_of(store, "a@example.org")[0];
  const BounceEvent other = events_of(store, "b@example.org")[0];
  const BounceEvent before = event;
  event.reason = Reason::spam_content;
  event.fault = Fault::content;
  event.permanence = Permanence::message;
  event.confidence = Confidence::weak;
  event.advice = Advice::alert;
  event.confirm = true;
  event.rule = "new/rule";
  event.vendor = "other";
  event.provider = "other";
  event.wait_seconds = 77;
  event.outcome = "alert";
  event.counted = 4;
  event.threshold = 5;
  BounceEvent given = event;
  given.diagnostic = "evidence stays as it is";
  given.at = 1;
  {
    auto rolled_back = begin(store);
    REQUIRE(rolled_back->rejudge(given));
  }
  CHECK(events_of(store, "a@example.org")[0] == before);
  auto transaction = begin(store);
  REQUIRE(transaction->rejudge(given));
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(events_of(store, "a@example.org")[0] == event);
  CHECK(events_of(store, "b@example.org")[0] == other);
  given.id = 4711;
  const auto unknown = begin(store)->rejudge(given);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().exit == Exit::internal);
}

void history_has_no_distrusted_event(Store& store) {
  BounceEvent signed_one = failure("a@example.org");
  signed_one.authenticity = Authenticity::proven;
  signed_one.signature = "20781-k3vq7c2mzt4a";
  BounceEvent forged = failure("a@example.org");
  forged.authenticity = Authenticity::contradicted;
  forged.authenticity_because = "the returned mail is not ours";
  forged.distrusted = true;
  add_mail(store, "true", {signed_one});
  // More than a history holds: none of them may push the true one out.
  for (int i = 0; i <= history_limit; ++i) {
    forged.at = start + 1 + i;
    add_mail(store, "forged " + std::to_string(i), {forged});
  }
  const auto history = *begin(store)->history("a@example.org", 0);
  REQUIRE(history.events.size() == 1);
  CHECK(history.events[0].authenticity == Authenticity::proven);
  CHECK(history.events[0].signature == signed_one.signature);

  const auto events = events_of(store, "a@example.org");  // but they are told
  REQUIRE(events.size() == history_limit + 2);
  CHECK_FALSE(events.front().distrusted);
  CHECK(events.back().distrusted);
  CHECK(events.back().authenticity == Authenticity::contradicted);
  CHECK(events.back().authenticity_because == forged.authenticity_because);
}

void every_enumerator_survives(Store& store) {
  int made = 0;
  for (std::size_t i = 0; i < reason_table.size(); ++i) {
    BounceEvent event = failure("r" + std::to_string(i) + "@example.org");
    event.kind = static_cast<Kind>(i % kind_names.size());
    event.reason = reason_table[i].reason;
    event.fault = static_cast<Fault>(i % fault_names.size());
    event.permanence = static_cast<Permanence>(i % permanence_names.size());
    event.confidence = static_cast<Confidence>(i % confidence_names.size());
    event.advice = static_cast<Advice>(i % advice_names.size());
    event.authenticity = static_cast<Authenticity>(i % authenticity_names.size());
    add_mail(store, "m" + std::to_string(i), {event});
    const auto read = events_of(store, event.address);
    CAPTURE(to_string(event.reason));
    REQUIRE(read.size() == 1);
    event.id = read[0].id;
    event.mail_id = read[0].mail_id;
    event.mailbox = read[0].mailbox;
    CHECK(read[0] == event);
    ++made;
  }
  CHECK(made == 36);
}

void history_is_bounded_and_in_order(Store& store) {
  const std::string address = "busy@example.org";
  for (int i = 0; i < history_limit + 30; ++i) {
    BounceEvent event = failure(address);
    event.at = start + (i % 2 == 0 ? i : -i) * 60;  // out of order
    add_mail(store, "m" + std::to_string(i), {event});
  }
  auto transaction = begin(store);
  const auto all = *transaction->history(address, 0);
  CHECK(all.events.size() == history_limit);
  for (std::size_t i = 1; i < all.events.size(); ++i) CHECK(all.events[i - 1].at <= all.events[i].at);
  CHECK(all.events.back().at == start + (history_limit + 28) * 60);  // the newest are kept

  const auto some = *transaction->history(address, start + 60 * 60);
  CHECK(some.events.size() == static_cast<std::size_t>((history_limit + 30 - 60) / 2));
  for (const BounceEvent& event : some.events) {
    CHECK(event.at >= start + 60 * 60);
    CHECK(event.diagnostic.empty());
  }
  CHECK(transaction->history("nobody@example.org", 0)->events.empty());
}

void history_tells_the_state_of_an_address(Store& store) {
  const std::string address = "a@example.org";
  auto transaction = begin(store);
  CHECK_FALSE(transaction->history(address, 0)->suppressed);
  REQUIRE(transaction->delivered(address, start + 100));
  REQUIRE(transaction->delivered(address, start + 50));  // an older report moves nothing
  Retry retry = retry_of(address, start + 7200);
  retry.attempts = 4;
  retry.decided_at = start + 3600;
  REQUIRE(transaction->put_retry(retry));
  Suppression made = suppression_of(address);
  made.scope = "sender.example";
  made.reason = Reason::org_policy;
  made.expires_at = start + 9999;
  REQUIRE(transaction->suppress(made));

  AddressHistory expected;
  expected.suppressed = true;
  expected.suppression_source = "policy";
  expected.suppression_scope = "sender.example";
  expected.suppression_reason = Reason::org_policy;
  expected.suppression_expires_at = start + 9999;
  expected.soft_reset_at = expected.last_delivered_at = start + 100;
  expected.retry_attempts = 4;
  expected.last_retry_at = start + 3600;
  expected.retry_after = start + 7200;
  CHECK(*transaction->history(address, 0) == expected);

  REQUIRE(*transaction->unsuppress(address, "a mistake", start + 500, false));
  REQUIRE(transaction->drop_retry(address));
  REQUIRE(transaction->drop_retry("nobody@example.org"));
  const auto after = *transaction->history(address, 0);
  CHECK_FALSE(after.suppressed);
  CHECK(after.soft_reset_at == start + 500);
  CHECK(after.last_delivered_at == start + 100);
  CHECK(after.retry_attempts == 0);
}

void cursors_are_kept_by_mailbox(Store& store) {
  CHECK(*store.cursor("returns") == MailboxCursor{});
  auto transaction = begin(store);
  REQUIRE(transaction->set_cursor("returns", {7, 100}));
  REQUIRE(transaction->set_cursor("other", {4'000'000'000U, 4'294'967'295U}));
  REQUIRE(transaction->set_cursor("returns", {8, 1}));
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(*store.cursor("returns") == MailboxCursor{8, 1});
  CHECK(*store.cursor("other") == MailboxCursor{4'000'000'000U, 4'294'967'295U});
}

void a_commit_counts_once(Store& store) {
  auto transaction = begin(store);
  REQUIRE(transaction->commit());
  CHECK(transaction->commit().error().exit == Exit::internal);
}

}  // namespace bounced::contract
