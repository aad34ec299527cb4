#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/contract/store_checks.hpp"
#include "tests/contract/store_world.hpp"

namespace bounced::contract {
namespace {

constexpr UnixSeconds from = start + 1000;
constexpr UnixSeconds until = start + 3000;

/// A count kept beside the store while it is filled: plain maps, nothing shared with the store's queries.
struct HandCount {
  std::map<std::string, std::int64_t> kinds, reasons, vendors, advices, providers, lists, suppression_reasons,
      distrusted;
  std::int64_t mails = 0, events = 0, unrecognised = 0, quarantined = 0, duplicates = 0;
  std::int64_t new_suppressions = 0, ended_suppressions = 0, due = 0;
  std::set<std::string> suppressed, permanent;
};

std::vector<CountBy> in_order(const std::map<std::string, std::int64_t>& counts) {
  std::vector<CountBy> rows;
  for (const auto& [key, count] : counts) rows.push_back({key, count});
  std::sort(rows.begin(), rows.end(), [](const CountBy& a, const CountBy& b) {
    return std::pair(-a.count, a.key) < std::pair(-b.count, b.key);
  });
  return rows;
}

bool in_range(UnixSeconds at) { return at >= from && at < until; }

class Filler {
 public:
  explicit Filler(Store& store) : store_(store) {}

  HandCount fill() {
    for (int i = 0; i < 300; ++i) mail(i);
    for (int i = 0; i < 120; ++i) suppression(i);
    for (int i = 0; i < 70; ++i) retry(i);
    return count_;
  }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  BounceEvent event(int i) {
    BounceEvent made = failure("user" + std::to_string(below(150)) + "@example" + std::to_string(i % 3));
    made.kind = static_cast<Kind>(below(static_cast<int>(kind_names.size())));
    made.reason = static_cast<Reason>(below(static_cast<int>(reason_table.size())));
    made.advice = static_cast<Advice>(below(static_cast<int>(advice_names.size())));
    made.vendor = below(3) == 0 ? "" : "vendor" + std::to_string(below(4));
    made.provider = "provider" + std::to_string(below(6));
    made.reply_code = below(3) == 0 ? "" : below(2) == 0 ? "450" : "550";
    made.distrusted = below(8) == 0;
    if (made.distrusted) made.authenticity_because = "cause " + std::to_string(below(3));
    made.status = below(2) == 0 ? "5.0.0" : "4.0.0";
    return made;
  }

  void mail(int i) {
    const UnixSeconds seen_at = start + below(4000);
    const auto disposal = static_cast<Disposal>(below(3));
    std::vector<BounceEvent> events;
    const std::string list = "list" + std::to_string(below(3));
    for (int n = below(4); n > 0; --n) {
      events.push_back(event(i));
      events.back().list_id = list;
    }
    add_mail(store_, "mail " + std::to_string(i), events, seen_at, disposal);
    if (i % 10 == 0) {
      const UnixSeconds again_at = start + below(4000);
      REQUIRE_FALSE(*copy(i, again_at));
      if (in_range(again_at)) ++count_.duplicates;
    }
    if (!in_range(seen_at)) return;
    ++count_.mails;
    ++count_.kinds[std::string(to_string(events.empty() ? Kind::not_bounce : events.front().kind))];
    count_.unrecognised += disposal == Disposal::unrecognised;
    count_.quarantined += disposal == Disposal::quarantined;
    for (const BounceEvent& one : events) count(one);
  }

  Result<bool> copy(int i, UnixSeconds seen_at) {
    auto transaction = begin(store_);
    auto journaled = transaction->journal(
        mail_row("copies", 1, static_cast<std::uint32_t>(i + 1), "mail " + std::to_string(i), seen_at));
    REQUIRE(transaction->commit());
    return journaled;
  }

  void count(const BounceEvent& one) {
    if (one.distrusted) {
      ++count_.distrusted[one.authenticity_because];
      return;
    }
    ++count_.events;
    ++count_.reasons[std::string(to_string(one.reason))];
    ++count_.vendors[one.vendor];
    ++count_.advices[std::string(to_string(one.advice))];
    ++count_.providers[one.provider];
    ++count_.lists[one.list_id];
    const std::string code = one.reply_code.empty() ? one.status : one.reply_code;
    if (one.kind == Kind::bounce && code[0] == '5') count_.permanent.insert(one.address);
  }

  void suppression(int i) {
    Suppression made = suppression_of("user" + std::to_string(i) + "@example" + std::to_string(below(3)));
    made.reason = static_cast<Reason>(below(4));
    made.decided_at = start + below(4000);
    auto transaction = begin(store_);
    REQUIRE(transaction->suppress(made));
    count_.suppressed.insert(made.address);
    if (in_range(made.decided_at)) {
      ++count_.new_suppressions;
      ++count_.suppression_reasons[std::string(to_string(made.reason))];
    }
    if (i % 5 == 0) {
      const UnixSeconds ended_at = start + below(4000);
      REQUIRE(*transaction->unsuppress(made.address, "test", ended_at, false));
      count_.suppressed.erase(made.address);
      count_.ended_suppressions += in_range(ended_at);
    }
    REQUIRE(transaction->commit());
  }

  void retry(int i) {
    const Retry made = retry_of("retry" + std::to_string(i) + "@example.org", start + below(6000));
    auto transaction = begin(store_);
    REQUIRE(transaction->put_retry(made));
    REQUIRE(transaction->commit());
    count_.due += made.retry_after <= until;
  }

  Store& store_;
  HandCount count_;
  std::mt19937 random_{20231114};
};

void runs_and_issues(Store& store) {
  auto transaction = begin(store);
  REQUIRE(transaction->add_run({"returns", start, start + 9, 5, 4, 1, 0, 0, 2, ""}));
  REQUIRE(transaction->add_run({"returns", start + 100, start + 101, 0, 0, 0, 0, 0, 0, "refused"}));
  REQUIRE(transaction->add_run({"other", start, start + 1, 1, 1, 0, 0, 0, 0, ""}));
  REQUIRE(transaction->add_run({"other", until, until + 1, 7, 7, 7, 7, 7, 7, "after the range"}));
  OperatorIssue before = issue_of("google", "long ago");
  OperatorIssue within = issue_of("google", "within");
  within.first_seen = within.last_seen = from;
  OperatorIssue after = issue_of("google", "after");
  after.first_seen = after.last_seen = until;
  OperatorIssue told_late = issue_of("google", "told late");
  told_late.reported_at = from;
  told_late.count = 2;
  for (const OperatorIssue& issue : {before, within, after, told_late})
    REQUIRE(transaction->report_issue(issue));
  for (const UnixSeconds last : {start, from, until}) {
    UnknownTemplate unknown;
    unknown.text = "seen at " + std::to_string(last);
    unknown.count = 1;
    unknown.first_seen = unknown.last_seen = unknown.reported_at = last;
    REQUIRE(transaction->note_unknown(unknown));
  }
  UnknownTemplate told_late_too;
  told_late_too.text = "told late";
  told_late_too.first_seen = told_late_too.last_seen = start;
  told_late_too.reported_at = from;
  REQUIRE(transaction->note_unknown(told_late_too));
  REQUIRE(transaction->slow_down({"ended", Reason::rate_limited, start, from, 1}));
  REQUIRE(transaction->slow_down({"running", Reason::rate_limited, start, from + 1, 1}));
  REQUIRE(transaction->slow_down({"later", Reason::rate_limited, until, until + 1, 1}));
  REQUIRE(transaction->commit());
}

}  // namespace

void summary_equals_a_count_by_hand(Store& store) {
  HandCount hand = Filler(store).fill();
  runs_and_issues(store);
  const RunSummary made = *store.summary(from, until);

  CHECK(made.from == from);
  CHECK(made.until == until);
  REQUIRE(hand.mails > 50);
  REQUIRE(hand.events > 50);
  REQUIRE(hand.duplicates > 5);
  REQUIRE(hand.ended_suppressions > 2);
  CHECK(made.mails == hand.mails);
  CHECK(made.events == hand.events);
  CHECK(made.by_kind == in_order(hand.kinds));
  CHECK(made.by_reason == in_order(hand.reasons));
  CHECK(made.by_vendor == in_order(hand.vendors));
  CHECK(made.by_advice == in_order(hand.advices));
  CHECK(made.by_provider == in_order(hand.providers));
  CHECK(made.by_list == in_order(hand.lists));
  CHECK(made.distrusted.size() == 3);
  CHECK(made.distrusted == in_order(hand.distrusted));
  CHECK(made.unrecognised == hand.unrecognised);
  CHECK(made.quarantined == hand.quarantined);
  CHECK(made.duplicates == hand.duplicates);
  CHECK(made.new_suppressions == hand.new_suppressions);
  CHECK(made.ended_suppressions == hand.ended_suppressions);
  CHECK(made.active_suppressions == static_cast<std::int64_t>(hand.suppressed.size()));
  CHECK(made.suppressions_by_reason == in_order(hand.suppression_reasons));
  REQUIRE(made.sample_suppressions.size() > 20);
  for (std::size_t i = 0; i < made.sample_suppressions.size(); ++i) {
    CHECK(in_range(made.sample_suppressions[i].decided_at));
    if (i > 0) CHECK(made.sample_suppressions[i - 1].decided_at >= made.sample_suppressions[i].decided_at);
  }
  CHECK(made.retries_pending == 70);
  CHECK(made.retries_due == hand.due);
  CHECK(made.sample_retries.size() == summary_samples);
  std::int64_t saved = 0;
  for (const std::string& address : hand.permanent) saved += !hand.suppressed.contains(address);
  REQUIRE(saved >= 10);
  CHECK(made.permanent_not_suppressed == saved);
  CHECK(made.runs ==
        std::vector<RunRecord>{{"other", start, start + 1, 1, 1, 0, 0, 0, 0, ""},
                               {"returns", start + 100, start + 101, 0, 0, 0, 0, 0, 0, "refused"}});
  REQUIRE(made.issues.size() == 2);
  CHECK(made.issues[0].normalised_text == "told late");
  CHECK(made.issues[1].normalised_text == "within");
  CHECK(made.unknown_templates == 2);
  REQUIRE(made.slowdowns.size() == 1);
  CHECK(made.slowdowns[0].provider == "running");
}

}  // namespace bounced::contract
