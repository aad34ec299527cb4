#include "tests/contract/store_contract.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <vector>

#include "tests/contract/store_world.hpp"

namespace bounced::contract {
namespace {

using namespace std::string_literals;

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

void suppressions_come_back_as_they_went(Store& store) {
  Suppression full = suppression_of("person@example.org");
  full.address_as_written = "Person@example.org";
  full.confidence = Confidence::exact;
  full.status = "5.1.1";
  full.diagnostic = "550 5.1.1 no such user";
  full.vendor = "google";
  full.rule = "google/no-such-user";
  full.mailbox = "returns";
  full.message_id = "1@sender.example";
  full.note = "1 of 1";
  full.count = 2;
  full.first_seen = start - 10;
  full.last_seen = start;
  full.expires_at = start + 999;
  full.event_id = 77;
  auto transaction = begin(store);
  REQUIRE(transaction->suppress(full));
  REQUIRE(transaction->commit());
  transaction.reset();
  REQUIRE(store.suppression("person@example.org")->has_value());
  CHECK(**store.suppression("person@example.org") == full);
  CHECK_FALSE(store.suppression("nobody@example.org")->has_value());
}

void outbox_numbers_rise_with_each_change(Store& store) {
  auto transaction = begin(store);
  REQUIRE(transaction->suppress(suppression_of("a@example.org")));
  REQUIRE(transaction->suppress(suppression_of("b@example.org")));
  Suppression again = suppression_of("a@example.org");
  again.count = 5;
  again.last_seen = start + 60;
  REQUIRE(transaction->suppress(again));  // refreshes, tells nobody
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK((*store.suppression("a@example.org"))->count == 5);
  CHECK((*store.suppression("a@example.org"))->last_seen == start + 60);

  { REQUIRE(begin(store)->suppress(suppression_of("never@example.org"))); }  // rolled back

  transaction = begin(store);
  CHECK(*transaction->unsuppress("a@example.org", "a mistake", start + 5, false));
  CHECK_FALSE(*transaction->unsuppress("a@example.org", "again", start + 6, false));
  CHECK_FALSE(*transaction->unsuppress("nobody@example.org", "why not", start + 6, false));
  REQUIRE(transaction->commit());
  transaction.reset();

  const auto changes = changes_of(store);
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].address == "a@example.org");
  CHECK(changes[1].address == "b@example.org");
  CHECK(changes[2].address == "a@example.org");
  CHECK_FALSE(changes[2].suppressed);
  CHECK(changes[2].why == "a mistake");
  CHECK(changes[2].at == start + 5);
  CHECK(changes[0].number < changes[1].number);
  CHECK(changes[1].number < changes[2].number);
  CHECK(changes_of(store, changes[1].number) == std::vector<OutboxChange>{changes[2]});
  CHECK(changes_of(store, changes[2].number).empty());
}

void the_weightier_suppression_stands(Store& store) {
  struct Row {
    std::string first_source, first_scope, second_source, second_scope, stands;
    std::size_t changes;
  };
  const std::vector<Row> rows{
      {"policy", "", "policy", "", "first", 1},
      {"policy", "", "complaint", "", "second", 1},
      {"complaint", "", "policy", "", "first", 1},
      {"complaint", "", "manual", "", "first", 1},
      {"manual", "", "policy", "", "first", 1},
      {"policy", "", "manual", "", "second", 1},
      {"import", "", "policy", "", "first", 1},
      {"policy", "sender.example", "policy", "", "second", 2},  // now for every sender: the targets are told
      {"policy", "", "policy", "sender.example", "first", 1},
      {"policy", "sender.example", "policy", "sender.example", "first", 1},
  };
  int number = 0;
  for (const Row& row : rows) {
    const std::string address = "a" + std::to_string(++number) + "@example.org";
    INFO(row.first_source << "/" << row.first_scope << " then " << row.second_source << "/"
                          << row.second_scope);
    const std::size_t before = changes_of(store).size();
    auto transaction = begin(store);
    for (const bool second : {false, true}) {
      Suppression made = suppression_of(address);
      made.source = second ? row.second_source : row.first_source;
      made.scope = second ? row.second_scope : row.first_scope;
      made.note = second ? "second" : "first";
      REQUIRE(transaction->suppress(made));
    }
    REQUIRE(transaction->commit());
    transaction.reset();
    CHECK((*store.suppression(address))->note == row.stands);
    CHECK(changes_of(store).size() - before == row.changes);
  }
}

void a_complaint_leaves_only_by_force(Store& store) {
  Suppression complaint = suppression_of("c@example.org");
  complaint.source = "complaint";
  auto transaction = begin(store);
  REQUIRE(transaction->suppress(complaint));
  CHECK_FALSE(*transaction->unsuppress("c@example.org", "please", start, false));
  CHECK(transaction->history("c@example.org", 0)->suppressed);
  CHECK(*transaction->unsuppress("c@example.org", "they insist", start, true));
  CHECK_FALSE(transaction->history("c@example.org", 0)->suppressed);
}

void suppressions_expire(Store& store) {
  auto transaction = begin(store);
  int made = 0;
  for (const UnixSeconds expires_at : {start + 30, start + 10, start + 20, UnixSeconds{0}}) {
    Suppression one = suppression_of("e" + std::to_string(++made) + "@example.org");
    one.expires_at = expires_at;
    REQUIRE(transaction->suppress(one));
  }
  CHECK(*transaction->expire(start + 9) == 0);
  CHECK(*transaction->expire(start + 20) == 2);
  CHECK(*transaction->expire(start + 20) == 0);
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(store.suppression("e1@example.org")->has_value());
  CHECK_FALSE(store.suppression("e2@example.org")->has_value());
  CHECK_FALSE(store.suppression("e3@example.org")->has_value());
  CHECK(store.suppression("e4@example.org")->has_value());
  const auto changes = changes_of(store);
  REQUIRE(changes.size() == 6);
  CHECK(changes[4].address == "e2@example.org");  // in the order of their ends
  CHECK(changes[5].address == "e3@example.org");
  CHECK(changes[5].why == "expired");
}

void suppressions_stream_in_order_and_filter(Store& store) {
  struct Row {
    const char* address;
    Reason reason;
    const char* source;
    UnixSeconds decided_at;
  };
  const std::vector<Row> rows{{"zoe@a.example", Reason::user_unknown, "policy", start},
                              {"adam@b.example", Reason::complaint, "complaint", start + 10},
                              {"mia@a.example", Reason::mailbox_full, "policy", start + 20},
                              {"leo@a.example", Reason::user_unknown, "manual", start + 30}};
  auto transaction = begin(store);
  for (const Row& row : rows) {
    Suppression one = suppression_of(row.address);
    one.reason = row.reason;
    one.source = row.source;
    one.decided_at = row.decided_at;
    REQUIRE(transaction->suppress(one));
  }
  REQUIRE(transaction->commit());
  transaction.reset();

  struct Case {
    SuppressionFilter filter;
    std::string found;
  };
  const std::vector<Case> cases{
      {{}, "adam@b.example leo@a.example mia@a.example zoe@a.example"},
      {{Reason::user_unknown, "", "", 0, 0}, "leo@a.example zoe@a.example"},
      {{Reason::spf_fail, "", "", 0, 0}, ""},
      {{{}, "a.example", "", 0, 0}, "leo@a.example mia@a.example zoe@a.example"},
      {{{}, "example", "", 0, 0}, ""},
      {{{}, "", "manual", 0, 0}, "leo@a.example"},
      {{{}, "", "", start + 10, 0}, "adam@b.example leo@a.example mia@a.example"},
      {{{}, "", "", start + 10, start + 30}, "adam@b.example mia@a.example"},
      {{Reason::user_unknown, "a.example", "policy", start, start + 1}, "zoe@a.example"},
  };
  for (const Case& one : cases) {
    std::string found;
    REQUIRE(store.suppressions(one.filter, [&](const Suppression& row) {
      found += (found.empty() ? "" : " ") + row.address;
      return true;
    }));
    CHECK(found == one.found);
  }

  int calls = 0;
  REQUIRE(store.suppressions({}, [&](const Suppression& row) {
    // A reader may ask the store while it streams.
    CHECK(store.suppression(row.address)->has_value());
    return ++calls < 2;
  }));
  CHECK(calls == 2);
}

void retries_come_in_order(Store& store) {
  auto transaction = begin(store);
  REQUIRE(transaction->put_retry(retry_of("late@example.org", start + 300)));
  REQUIRE(transaction->put_retry(retry_of("soon@example.org", start + 100)));
  REQUIRE(transaction->put_retry(retry_of("mid@example.org", start + 500)));
  REQUIRE(transaction->put_retry(retry_of("mid@example.org", start + 200)));  // replaces
  REQUIRE(transaction->put_retry(retry_of("gone@example.org", start + 150)));
  REQUIRE(transaction->drop_retry("gone@example.org"));
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(retries_of(store, 0) == std::vector<Retry>{retry_of("soon@example.org", start + 100),
                                                   retry_of("mid@example.org", start + 200),
                                                   retry_of("late@example.org", start + 300)});
  CHECK(retries_of(store, start + 200).size() == 2);
  CHECK(retries_of(store, start + 99).empty());
}

void slow_downs_join(Store& store) {
  auto transaction = begin(store);
  REQUIRE(transaction->slow_down({"google", Reason::rate_limited, start, start + 100, 1}));
  REQUIRE(transaction->slow_down({"google", Reason::rate_limited, start + 50, start + 150, 1}));
  REQUIRE(transaction->slow_down({"google", Reason::rate_limited, start - 20, start + 80, 1}));  // told late
  REQUIRE(transaction->slow_down({"google", Reason::ip_blocked, start, start + 60, 1}));
  REQUIRE(transaction->slow_down({"aol", Reason::rate_limited, start, start + 10, 1}));
  REQUIRE(transaction->slow_down({"aol", Reason::rate_limited, start + 11, start + 90, 1}));  // a new one
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(*store.slowdowns(start) ==
        std::vector<ProviderSlowdown>{{"aol", Reason::rate_limited, start + 11, start + 90, 1},
                                      {"google", Reason::ip_blocked, start, start + 60, 1},
                                      {"google", Reason::rate_limited, start - 20, start + 150, 3}});
  CHECK(store.slowdowns(start + 89)->size() == 2);
  CHECK(store.slowdowns(start + 90)->size() == 1);
  CHECK(store.slowdowns(start + 150)->empty());
}

void issues_add_up(Store& store) {
  auto transaction = begin(store);
  OperatorIssue first = issue_of("google", "your ip is listed");
  first.remedy = "ask for removal";
  REQUIRE(transaction->report_issue(first));
  OperatorIssue later = issue_of("google", "your ip is listed");
  later.first_seen = later.last_seen = start + 60;
  later.sample_text = "the newest words";
  later.rule = "google/ip2";
  REQUIRE(transaction->report_issue(later));
  OperatorIssue older = issue_of("google", "your ip is listed");
  older.first_seen = older.last_seen = start - 60;
  older.sample_text = "older words, read late";
  REQUIRE(transaction->report_issue(older));
  OperatorIssue other_reason = issue_of("google", "your ip is listed");
  other_reason.reason = Reason::spf_fail;
  REQUIRE(transaction->report_issue(other_reason));
  REQUIRE(transaction->commit());
  transaction.reset();

  const auto issues = *store.issues("");
  REQUIRE(issues.size() == 2);
  CHECK(issues[0].id != issues[1].id);
  CHECK(issues[0].reason == Reason::ip_blocked);  // the most frequent first
  CHECK(issues[0].count == 3);
  CHECK(issues[0].first_seen == start - 60);
  CHECK(issues[0].last_seen == start + 60);
  CHECK(issues[0].sample_text == "the newest words");
  CHECK(issues[0].rule == "google/ip2");
  CHECK(issues[0].remedy == "ask for removal");
  CHECK(issues[0].state == "open");
  CHECK(store.issues("open")->size() == 2);
  CHECK(store.issues("closed")->empty());
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

struct NamedCheck {
  const char* name;
  void (*check)(Store&);
};

constexpr NamedCheck checks[] = {
    {"the journal counts each content once", journal_counts_content_once},
    {"a duplicate takes no events", a_duplicate_takes_no_events},
    {"a rollback leaves nothing", rollback_leaves_nothing},
    {"one transaction at a time", one_transaction_at_a_time},
    {"events come back as they went", events_come_back_as_they_went},
    {"every enumerator survives", every_enumerator_survives},
    {"history is bounded and in order", history_is_bounded_and_in_order},
    {"history tells the state of an address", history_tells_the_state_of_an_address},
    {"suppressions come back as they went", suppressions_come_back_as_they_went},
    {"outbox numbers rise with each change", outbox_numbers_rise_with_each_change},
    {"the weightier suppression stands", the_weightier_suppression_stands},
    {"a complaint leaves only by force", a_complaint_leaves_only_by_force},
    {"suppressions expire", suppressions_expire},
    {"suppressions stream in order and filter", suppressions_stream_in_order_and_filter},
    {"retries come in order", retries_come_in_order},
    {"slow-downs join", slow_downs_join},
    {"issues add up", issues_add_up},
    {"cursors are kept by mailbox", cursors_are_kept_by_mailbox},
    {"a commit counts once", a_commit_counts_once},
    {"the summary's figures are those of a count by hand", summary_equals_a_count_by_hand},
};

}  // namespace

void store_contract(const std::string& implementation, const MakeStore& make) {
  for (const NamedCheck& one : checks) {
    const std::string title = implementation + ": " + one.name;
    INFO(title);
    const std::unique_ptr<Store> store = make();
    REQUIRE(store);
    one.check(*store);
  }
}

}  // namespace bounced::contract
