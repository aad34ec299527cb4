// The contract of a store: suppressions, their outbox, retries, slow-downs, issues.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "tests/contract/store_checks.hpp"
#include "tests/contract/store_world.hpp"

namespace bounced::contract {

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
    const char* scope;
  };
  const std::vector<Row> rows{{"zoe@a.example", Reason::user_unknown, "policy", start, ""},
                              {"adam@b.example", Reason::complaint, "complaint", start + 10, ""},
                              {"mia@a.example", Reason::mailbox_full, "policy", start + 20, "sender.example"},
                              {"leo@a.example", Reason::user_unknown, "manual", start + 30, ""}};
  auto transaction = begin(store);
  for (const Row& row : rows) {
    Suppression one = suppression_of(row.address);
    one.reason = row.reason;
    one.source = row.source;
    one.decided_at = row.decided_at;
    one.scope = row.scope;
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
      {{{}, "", "", 0, 0, Scope::global}, "adam@b.example leo@a.example zoe@a.example"},
      {{{}, "", "", 0, 0, Scope::pair}, "mia@a.example"},
      {{{}, "b.example", "", 0, 0, Scope::pair}, ""},
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

void a_retry_is_done_once(Store& store) {
  const std::string address = "mid@example.org";
  auto transaction = begin(store);
  Retry retry = retry_of(address, start + 200);
  retry.attempts = 3;
  REQUIRE(transaction->put_retry(retry));
  REQUIRE(transaction->put_retry(retry_of("other@example.org", start + 200)));
  CHECK(*transaction->finish_retry("nobody@example.org", start + 300, false) == RetryMark::none);
  CHECK(*transaction->finish_retry(address, start + 199, false) == RetryMark::not_due);
  CHECK(*transaction->finish_retry(address, start + 200, false) == RetryMark::marked);
  CHECK(*transaction->finish_retry(address, start + 400, true) == RetryMark::done_before);
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(retries_of(store, 0) == std::vector<Retry>{retry_of("other@example.org", start + 200)});
  CHECK(store.summary(start, start + 1000)->retries_pending == 1);
  retry.done_at = start + 200;
  CHECK(store.retry(address)->value() == retry);
  CHECK_FALSE(store.retry("nobody@example.org")->has_value());

  transaction = begin(store);
  const auto history = *transaction->history(address, 0);
  CHECK(history.retry_attempts == 3);
  CHECK(history.retry_after == 0);
  CHECK(history.retry_done_at == start + 200);
  CHECK(*transaction->finish_retry("other@example.org", start, true) == RetryMark::marked);  // early
  transaction.reset();                                                                       // rolled back
  CHECK(store.retry("other@example.org")->value().done_at == 0);

  transaction = begin(store);
  REQUIRE(transaction->put_retry(retry_of(address, start + 900)));  // the next failure
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(retries_of(store, 0).size() == 2);
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

void issues_close_and_open(Store& store) {
  auto transaction = begin(store);
  const auto report = [&](const std::string& provider, UnixSeconds at, UnixSeconds reported_at) {
    OperatorIssue occurrence = issue_of(provider, "your ip");
    occurrence.first_seen = occurrence.last_seen = at;
    occurrence.reported_at = reported_at;
    REQUIRE(transaction->report_issue(occurrence));
  };
  const auto states = [&] {
    std::string text;
    auto issues = *store.issues("");
    std::sort(issues.begin(), issues.end(),
              [](const OperatorIssue& a, const OperatorIssue& b) { return a.provider < b.provider; });
    for (const OperatorIssue& issue : issues)
      text += issue.provider + " " + issue.state + " " +
              (issue.state_at == 0 ? "-" : std::to_string(issue.state_at - start)) + "; ";
    return text;
  };
  report("quiet", start - 500, start - 500);
  report("just", start, start - 500);      // neither before that time nor after it
  report("late", start - 900, start + 5);  // long ago, but told now
  report("silent", start - 500, start - 500);
  CHECK(states() == "just open -; late open -; quiet open -; silent open -; ");
  std::int64_t silent = 0;
  const auto all = *store.issues("");
  for (const OperatorIssue& issue : all)
    if (issue.provider == "silent") silent = issue.id;
  CHECK(*transaction->set_issue_state(silent, "muted", start + 10));
  CHECK_FALSE(*transaction->set_issue_state(silent, "muted", start + 11));
  CHECK_FALSE(*transaction->set_issue_state(9999, "closed", start + 11));
  CHECK(*transaction->close_quiet_issues(start, start + 20) == 1);
  CHECK(*transaction->close_quiet_issues(start, start + 21) == 0);
  CHECK(states() == "just open -; late open -; quiet closed 20; silent muted 10; ");
  CHECK(store.issues("closed")->size() == 1);
  CHECK(store.summary(start + 20, start + 21)->issues_closed == 1);
  CHECK(store.summary(start + 21, start + 99)->issues_closed == 0);
  CHECK(store.summary(start + 21, start + 99)->issues_muted == 1);
  CHECK(store.summary(start, start + 10)->issues_muted == 0);
  report("quiet", start + 30, start + 31);   // it occurs again: open
  report("silent", start + 30, start + 31);  // counted, and still muted
  report("late", start + 30, start + 31);
  CHECK(states() == "just open -; late open -; quiet open 31; silent muted 10; ");
  CHECK(*transaction->set_issue_state(silent, "open", start + 40));
  CHECK(states() == "just open -; late open -; quiet open 31; silent open 40; ");
  REQUIRE(transaction->commit());
}

}  // namespace bounced::contract
