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
constexpr UnixSeconds noted_at = until - 5;  ///< when it was noted how many retries there were

/// A count kept beside the store while it is filled: plain maps, nothing shared with the store's queries.
struct HandCount {
  std::map<std::string, std::int64_t> kinds, reasons, vendors, advices, providers, lists, suppression_reasons,
      distrusted;
  std::map<std::string, std::map<std::string, std::int64_t>> reasons_of_provider;
  std::int64_t mails = 0, events = 0, unrecognised = 0, quarantined = 0, duplicates = 0, hard = 0,
               complaints = 0;
  std::int64_t new_suppressions = 0, ended_suppressions = 0, due = 0;
  std::set<std::string> suppressed, permanent;       ///< suppressed: at the end of the range
  std::map<std::string, BounceEvent> last_failures;  ///< of an address
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

/// Fills a store with rows whose times lie in [first, first + span).
class Filler {
 public:
  explicit Filler(Store& store, UnixSeconds first = start, int span = 4000, std::string tag = "mail ")
      : store_(store), first_(first), span_(span), tag_(std::move(tag)) {}

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
    made.outcome = below(2) == 0 ? "count" : "retry";
    made.threshold = 1 + below(3);
    made.counted = below(3);
    return made;
  }

  void mail(int i) {
    const UnixSeconds seen_at = first_ + below(span_);
    const auto disposal = static_cast<Disposal>(below(3));
    std::vector<BounceEvent> events;
    const std::string list = "list" + std::to_string(below(3));
    for (int n = below(4); n > 0; --n) {
      events.push_back(event(i));
      events.back().list_id = list;
    }
    add_mail(store_, tag_ + std::to_string(i), events, seen_at, disposal);
    if (i % 10 == 0) {
      const UnixSeconds again_at = first_ + below(span_);
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
        mail_row("copies", 1, static_cast<std::uint32_t>(i + 1), tag_ + std::to_string(i), seen_at));
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
    ++count_.reasons_of_provider[one.provider][std::string(to_string(one.reason))];
    count_.complaints += one.kind == Kind::complaint;
    count_.hard += one.kind == Kind::bounce && one.advice == Advice::suppress;
    if (one.kind == Kind::bounce) count_.last_failures[one.address] = one;
    const std::string code = one.reply_code.empty() ? one.status : one.reply_code;
    if (one.kind == Kind::bounce && code[0] == '5') count_.permanent.insert(one.address);
  }

  void suppression(int i) {
    Suppression made = suppression_of(tag_ + std::to_string(i) + "@example" + std::to_string(below(3)));
    if (tag_ == "mail ") made.address = "user" + made.address.substr(tag_.size());
    made.reason = static_cast<Reason>(below(4));
    made.decided_at = first_ + below(span_ - 500);
    auto transaction = begin(store_);
    REQUIRE(transaction->suppress(made));
    if (made.decided_at < until) count_.suppressed.insert(made.address);
    if (in_range(made.decided_at)) {
      ++count_.new_suppressions;
      ++count_.suppression_reasons[std::string(to_string(made.reason))];
    }
    if (i % 5 == 0) {
      const UnixSeconds ended_at = made.decided_at + 1 + below(499);
      REQUIRE(*transaction->unsuppress(made.address, i % 10 == 0 ? "expired" : "test", ended_at, false));
      if (ended_at < until) count_.suppressed.erase(made.address);
      count_.ended_suppressions += in_range(ended_at);
    }
    REQUIRE(transaction->commit());
  }

  void retry(int i) {
    const Retry made = retry_of(tag_ + std::to_string(i) + "@retry.example", first_ + below(6000));
    auto transaction = begin(store_);
    REQUIRE(transaction->put_retry(made));
    REQUIRE(transaction->commit());
    count_.due += made.retry_after <= noted_at;
  }

  Store& store_;
  UnixSeconds first_;
  int span_;
  std::string tag_;
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
  within.first_seen = within.last_seen = within.reported_at = from;
  OperatorIssue after = issue_of("google", "after");
  after.first_seen = after.last_seen = after.reported_at = until;
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
  REQUIRE(transaction->slow_down({"ended", Reason::rate_limited, start, from, 1, start}));
  REQUIRE(transaction->slow_down({"running", Reason::rate_limited, start, from + 1, 1, start}));
  REQUIRE(transaction->slow_down({"later", Reason::rate_limited, until, until + 1, 1, until}));
  REQUIRE(transaction->note_retries(noted_at));
  REQUIRE(transaction->commit());
}

}  // namespace

namespace {

void check_providers(const RunSummary& made, const HandCount& hand) {
  REQUIRE(made.providers.size() == hand.providers.size());
  for (std::size_t i = 0; i < made.providers.size(); ++i) {
    const ProviderFigures& one = made.providers[i];
    CAPTURE(one.provider);
    CHECK(CountBy{one.provider, one.count} == made.by_provider[i]);
    auto reasons = in_order(hand.reasons_of_provider.at(one.provider));
    if (reasons.size() > provider_reasons) reasons.resize(provider_reasons);
    CHECK(one.reasons == reasons);
    CHECK(one.usual == Trend{});  // there is nothing before it
  }
}

void check_soft(const RunSummary& made, const HandCount& hand) {
  std::vector<SoftCounter> expected;
  for (const auto& [address, event] : hand.last_failures)
    if (event.outcome == "count" && event.threshold > 1 && event.counted == event.threshold - 1)
      expected.push_back({address, event.reason, event.counted, event.threshold});
  REQUIRE(expected.size() > 3);
  REQUIRE(expected.size() < summary_samples);
  CHECK(made.soft_near_limit == static_cast<std::int64_t>(expected.size()));
  CHECK(made.sample_soft == expected);
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
  CHECK(made.hard_bounces == hand.hard);
  CHECK(made.complaints == hand.complaints);
  check_providers(made, hand);
  check_soft(made, hand);
  CHECK(made.distrusted.size() == 3);
  CHECK(made.distrusted == in_order(hand.distrusted));
  CHECK(made.unrecognised == hand.unrecognised);
  CHECK(made.quarantined == hand.quarantined);
  CHECK(made.duplicates == hand.duplicates);
  CHECK(made.new_suppressions == hand.new_suppressions);
  CHECK(made.ended_suppressions == hand.ended_suppressions);
  CHECK(made.active_suppressions == static_cast<std::int64_t>(hand.suppressed.size()));
  CHECK(made.suppressions_by_reason == in_order(hand.suppression_reasons));
  std::size_t sampled = 0;
  for (const auto& [reason, count] : hand.suppression_reasons)
    sampled += static_cast<std::size_t>(std::min<std::int64_t>(count, summary_samples_of_reason));
  REQUIRE(sampled > 20);
  CHECK(made.sample_suppressions.size() == sampled);
  for (std::size_t i = 0; i < made.sample_suppressions.size(); ++i) {
    CHECK(in_range(made.sample_suppressions[i].decided_at));
    if (i > 0) CHECK(made.sample_suppressions[i - 1].decided_at >= made.sample_suppressions[i].decided_at);
  }
  CHECK(made.retries_pending == 70);
  CHECK(made.retries_due == hand.due);
  CHECK(made.sample_retries.size() == summary_samples);
  std::int64_t saved = 0;
  for (const std::string& address : hand.permanent) saved += !hand.suppressed.contains(address);
  REQUIRE(saved >= 5);
  CHECK(made.permanent_not_suppressed == saved);
  CHECK(made.runs ==
        std::vector<RunRecord>{{"other", start, start + 1, 1, 1, 0, 0, 0, 0, ""},
                               {"returns", start + 100, start + 101, 0, 0, 0, 0, 0, 0, "refused"}});
  REQUIRE(made.issues.size() == 2);
  CHECK(made.issues[0].normalised_text == "told late");
  CHECK(made.issues[0].in_range == 2);
  CHECK(made.issues[1].normalised_text == "within");
  REQUIRE(made.mailboxes.size() == 2);
  CHECK(made.mailboxes[1].mailbox == "returns");
  CHECK(made.mailboxes[1].last == made.runs[1]);
  CHECK(made.mailboxes[1].last_good == start + 9);
  CHECK(made.unknown_templates == 2);
  REQUIRE(made.slowdowns.size() == 1);
  CHECK(made.slowdowns[0].provider == "running");
}

namespace {

/// What goes on after the range: everything that is there changes.
void go_on(Store& store, std::int64_t wave) {
  Filler(store, until, 3000, "later ").fill();
  auto transaction = begin(store);
  OperatorIssue again = issue_of("google", "within");
  again.first_seen = again.last_seen = again.reported_at = until + 7;
  again.sample_text = issue_of("google", "within").sample_text;
  REQUIRE(transaction->report_issue(again));
  const auto issues = store.issues("");
  REQUIRE(issues);
  for (const OperatorIssue& issue : *issues)
    REQUIRE(*transaction->set_issue_state(issue.id, issue.normalised_text == "within" ? "closed" : "muted",
                                          until + 8));
  REQUIRE(transaction->slow_down({"running", Reason::rate_limited, from, until + 900, 5, until + 1}));
  UnknownTemplate unknown;
  unknown.text = "seen at " + std::to_string(start);
  unknown.count = 1;
  unknown.first_seen = unknown.last_seen = unknown.reported_at = until + 1;
  REQUIRE(transaction->note_unknown(unknown));
  ManualAct act{0, until + 9, "discard", "test", "", "wave"};
  act.id = *transaction->record_act(act);
  Wave grown = (*store.waves("")).front();
  grown.count += 5;
  grown.last_at = until + 2;
  REQUIRE(transaction->put_wave(grown));
  REQUIRE(*transaction->discard(wave, "held0@example.org", act));
  REQUIRE(transaction->close_wave(wave, "discarded", act.at));
  REQUIRE(transaction->note_retries(until + 10));
  REQUIRE(transaction->add_run({"returns", until + 1, until + 2, 1, 1, 0, 0, 0, 0, "refused again"}));
  REQUIRE(transaction->add_run({"new one", until + 1, until + 2, 1, 1, 0, 0, 0, 0, ""}));
  REQUIRE(transaction->note_sending_failure({until, "2023-11-15", "mail", "refused"}));
  REQUIRE(transaction->commit());
}

std::int64_t wave_with_holds(Store& store) {
  auto transaction = begin(store);
  Wave wave;
  wave.name = "google";
  wave.first_at = wave.last_at = wave.tripped_at = wave.told_at = from + 1;
  wave.count = 3;
  wave.id = *transaction->put_wave(wave);
  for (int i = 0; i < 3; ++i) {
    Suppression held = suppression_of("held" + std::to_string(i) + "@example.org");
    held.decided_at = from + 1;
    REQUIRE(transaction->hold({wave.id, from + 1, held}));
  }
  REQUIRE(transaction->note_sending_failure({from, "2023-11-14", "mail", "no connection"}));
  REQUIRE(transaction->commit());
  return wave.id;
}

}  // namespace

void a_range_has_the_same_figures_later(Store& store) {
  Filler(store, start, 3000).fill();
  const std::int64_t wave = wave_with_holds(store);
  runs_and_issues(store);
  RunSummary before = *store.summary(from, until);
  REQUIRE(before.issues.size() == 2);
  REQUIRE(before.waves.size() == 1);
  CHECK(before.waves[0].held == 3);
  REQUIRE(before.slowdowns.size() == 1);
  REQUIRE(before.unsent.size() == 1);
  const RunSummary afterwards = *store.summary(until, until + 3000);
  go_on(store, wave);
  RunSummary later = *store.summary(from, until);
  CHECK(*store.summary(until, until + 3000) != afterwards);
  before.sample_retries.clear();  // those of today, as the contract says
  later.sample_retries.clear();
  CHECK(later.issues == before.issues);
  CHECK(later.waves == before.waves);
  CHECK(later.slowdowns == before.slowdowns);
  CHECK(later.active_suppressions == before.active_suppressions);
  CHECK(later.permanent_not_suppressed == before.permanent_not_suppressed);
  CHECK(later.sample_suppressions == before.sample_suppressions);
  CHECK(later.mailboxes == before.mailboxes);
  CHECK(later == before);
}

void a_trend_is_a_median_of_earlier_ranges(Store& store) {
  constexpr UnixSeconds day = 86'400;
  const UnixSeconds midnight = start / day * day + 40 * day;
  // Reports so many days before: 1, 2 … 28; the day itself has 100.
  const auto reports = [](int back) { return back == 0 ? 100 : back == 3 ? 50 : back; };
  for (int back = 0; back <= 29; ++back) {  // the last one tells that all 28 days before are known
    std::vector<BounceEvent> events;
    for (int i = 0; i < reports(back); ++i) {
      events.push_back(failure("u" + std::to_string(i) + "@example.org"));
      events.back().provider = i % 2 == 0 ? "even" : "odd";
    }
    events.push_back(failure("forged@example.org"));
    events.back().distrusted = true;
    add_mail(store, "day " + std::to_string(back), events, midnight - back * day + 5 * 3600);
  }
  const RunSummary made = *store.summary(midnight, midnight + day);
  CHECK(made.usual_events == Trend{5, 15});  // of 1 2 50 4 5 6 7, and of these and 8 … 28
  REQUIRE(made.providers.size() == 2);
  CHECK(made.providers[0].provider == "even");
  CHECK(made.providers[0].usual == Trend{3, 8});
  CHECK(made.providers[1].usual == Trend{2, 7});
  // A week later the 28 days still are known; a day that lies before the first ones has nothing to compare.
  CHECK((*store.summary(midnight - 28 * day, midnight - 27 * day)).usual_events == Trend{});
  CHECK((*store.summary(midnight - 20 * day, midnight - 19 * day)).usual_events.median_28 == -1);
  CHECK((*store.summary(midnight - 20 * day, midnight - 19 * day)).usual_events.median_7 == 24);
  CHECK((*store.summary(midnight, midnight + 60)).usual_events == Trend{});  // shorter than an hour
}

void sendings_are_kept(Store& store) {
  SummarySending mail{"2026-03-02", "mail", "id@example.org", 5, 0, 1, 0, 0, "claimed"};
  {
    auto transaction = begin(store);
    CHECK_FALSE((*transaction->summary_sending("2026-03-02", "mail")).has_value());
    REQUIRE(transaction->put_summary_sending(mail));
    CHECK(**transaction->summary_sending("2026-03-02", "mail") == mail);
  }
  CHECK((*store.summary_sendings()).empty());  // rolled back
  auto transaction = begin(store);
  REQUIRE(transaction->put_summary_sending(mail));
  mail.state = "sent";
  mail.sent_at = 6;
  REQUIRE(transaction->put_summary_sending(mail));
  SummarySending earlier = mail;
  earlier.night = "2026-03-01";
  REQUIRE(transaction->put_summary_sending(earlier));
  SummarySending file = mail;
  file.way = "file";
  REQUIRE(transaction->put_summary_sending(file));
  REQUIRE(transaction->commit());
  CHECK(*store.summary_sendings() == std::vector<SummarySending>{file, mail, earlier});
}

}  // namespace bounced::contract
