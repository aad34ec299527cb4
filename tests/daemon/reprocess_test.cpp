// Today's rules over kept evidence, over both stores: the preview tells what is then done, whatever the size
// of the batches; unchanged rules change nothing, and rules that are put back put everything back.
#include "daemon/reprocess.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "daemon/event_record.hpp"
#include "daemon/replay.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::contract;

namespace {

/// Rules in a word: which reason a text has.
using Wording = std::map<std::string, Reason>;

Judge judge_by(const Wording& wording) {
  return [wording](const Reply& reply, const std::string& vendor) {
    Verdict verdict;
    verdict.reason = Reason::unclassified;
    for (const auto& [text, reason] : wording)
      if (reply.text.find(text) != std::string::npos) verdict.reason = reason;
    const ReasonFacts& known = facts(verdict.reason);
    verdict.fault = known.fault;
    verdict.permanence = known.permanence;
    verdict.advice = known.advice;
    verdict.confidence = Confidence::strong;
    verdict.rule = "rule/" + std::string(to_string(verdict.reason));
    verdict.vendor = vendor;
    return verdict;
  };
}

const Wording as_before{
    {"gone", Reason::user_unknown}, {"full", Reason::mailbox_full}, {"spam", Reason::spam_content}};

BounceEvent reported(const std::string& address, const std::string& text, UnixSeconds at,
                     const Wording& rules) {
  BounceEvent event = failure(address);
  event.at = at;
  event.diagnostic = text;
  event.vendor.clear();
  Verdict verdict;
  return judged_again(event, judge_by(rules), verdict);
}

/// Journals an event and does what the policy decides, as the pipeline does.
void ingest(Store& store, BounceEvent event, int& mails) {
  const PolicySettings policy;
  auto transaction = begin(store);
  REQUIRE(transaction->journal(mail_row("m", 1, 0, "mail " + std::to_string(++mails))));
  const auto history = transaction->history(event.address, history_since(policy, event.at));
  REQUIRE(history);
  const Decision decision = decide(event, *history, policy, long_after - 1);
  event.outcome = to_string(decision.outcome);
  event.counted = decision.counted;
  event.threshold = decision.threshold;
  const auto id = transaction->add_event(event);
  REQUIRE(id);
  event.id = *id;
  if (event.kind == Kind::delivered && !event.distrusted)
    REQUIRE(transaction->delivered(event.address, event.at));
  if (decision.outcome == Outcome::suppress)
    REQUIRE(transaction->suppress(suppression_by(decision, event, long_after - 1)));
  REQUIRE(transaction->commit());
}

void fill(Store& store) {
  int mails = 0;
  for (int i = 0; i < 9; ++i) {
    const std::string address = "a" + std::to_string(i) + "@example.org";
    ingest(store,
           reported(address,
                    i % 3 == 0   ? "gone"
                    : i % 3 == 1 ? "full"
                                 : "spam",
                    start, as_before),
           mails);
  }
  // What people and recipients say is theirs.
  for (const std::string source : {"manual", "complaint"}) {
    const std::string address = source + "@example.org";
    ingest(store, reported(address, "spam", start, as_before), mails);
    auto transaction = begin(store);
    Suppression made = suppression_of(address);
    made.source = source;
    REQUIRE(transaction->suppress(made));
    REQUIRE(transaction->commit());
  }
}

using Told = std::vector<std::pair<std::string, StandingChange::What>>;

template <class Run>
Result<ReprocessReport> run_and_tell(Told& told, Run run) {
  return run(
      [&](const StandingChange& change) { told.emplace_back(change.suppression.address, change.what); });
}

ManualAct act_now() { return {0, long_after - 1, "reprocess", "anna", "new rules", "rules 1"}; }

std::vector<std::string> suppressed_in(Store& store) {
  std::vector<std::string> addresses;
  for (const Suppression& row : suppressions_of(store)) addresses.push_back(row.address);
  return addresses;
}

void check_reprocess(Store& store, std::size_t batch) {
  using What = StandingChange::What;
  fill(store);
  const auto preview = [&](const Wording& rules, Told& told) {
    return run_and_tell(told, [&](const EachStandingChange& each) {
      return preview_reprocess(store, judge_by(rules), {}, long_after - 1, each);
    });
  };
  const auto apply = [&](const Wording& rules, Told& told) {
    return run_and_tell(told, [&](const EachStandingChange& each) {
      return apply_reprocess(store, judge_by(rules), {}, act_now(), each, batch);
    });
  };
  const std::vector<std::string> dead{"a0@example.org", "a3@example.org", "a6@example.org",
                                      "complaint@example.org", "manual@example.org"};
  REQUIRE(suppressed_in(store) == dead);

  // unchanged rules
  const World before = world_of(store);
  Told told;
  auto report = apply(as_before, told);
  REQUIRE(report);
  CHECK(report->counts == ReprocessCounts{11, 11, 0, 0, 0, 0, 0});
  CHECK(world_of(store) == before);
  CHECK(store.acts_on("a0@example.org")->empty());

  // rules that turn the three kinds around
  const Wording turned{
      {"gone", Reason::spam_content}, {"full", Reason::user_unknown}, {"spam", Reason::mailbox_full}};
  const Told expected{{"a0@example.org", What::taken_back}, {"a1@example.org", What::suppressed},
                      {"a3@example.org", What::taken_back}, {"a4@example.org", What::suppressed},
                      {"a6@example.org", What::taken_back}, {"a7@example.org", What::suppressed}};
  Told previewed;
  report = preview(turned, previewed);
  REQUIRE(report);
  CHECK(previewed == expected);
  CHECK(world_of(store) == before);
  const ReprocessCounts counts = report->counts;
  CHECK(counts == ReprocessCounts{11, 11, 11, 0, 3, 3, 3});
  CHECK(report->verdicts.size() == 3);
  const auto& gone = report->verdicts.at({Reason::user_unknown, Reason::spam_content, "rule/spam_content"});
  CHECK(gone.count == 3);
  CHECK(gone.sample == "gone");
  told.clear();
  report = apply(turned, told);
  REQUIRE(report);
  CHECK(told == expected);
  CHECK(report->counts == counts);
  CHECK(suppressed_in(store) == std::vector<std::string>{"a1@example.org", "a4@example.org", "a7@example.org",
                                                         "complaint@example.org", "manual@example.org"});
  CHECK(events_of(store, "a0@example.org")[0].reason == Reason::spam_content);
  CHECK(events_of(store, "a0@example.org")[0].outcome == "alert");
  CHECK(events_of(store, "a0@example.org")[0].diagnostic == "gone");
  CHECK(events_of(store, "a1@example.org")[0].outcome == "suppress");
  REQUIRE(store.acts_on("a0@example.org")->size() == 1);
  CHECK(store.acts_on("a0@example.org")->front().act.what == "reprocess");
  CHECK(store.acts_on("a1@example.org")->size() == 1);
  CHECK(store.suppression("a1@example.org").value()->event_id == events_of(store, "a1@example.org")[0].id);
  CHECK(store.issues("open")->front().count == 3);

  // once more: nothing is left to do
  const World after = world_of(store);
  told.clear();
  report = apply(turned, told);
  REQUIRE(report);
  CHECK(told.empty());
  CHECK(report->counts == ReprocessCounts{11, 11, 0, 0, 0, 0, 0});
  CHECK(world_of(store) == after);

  // the old rules again: undo after do restores
  told.clear();
  REQUIRE(apply(as_before, told));
  CHECK(suppressed_in(store) == dead);
  CHECK(events_of(store, "a0@example.org")[0].outcome == "suppress");
}

TEST_CASE("today's rules over what is kept") {
  for (const std::size_t batch : {std::size_t{1}, std::size_t{2}, std::size_t{100}}) {
    CAPTURE(batch);
    check_reprocess(*make_memory_store(), batch);
    const test::TemporaryDirectory directory;
    const auto store = open_sqlite_store(directory.file("b.db"));
    REQUIRE(store);
    check_reprocess(**store, batch);
  }
}

TEST_CASE("an address that a person freed stays free") {
  const auto store = make_memory_store();
  int mails = 0;
  ingest(*store, reported("a@example.org", "full", start, as_before), mails);
  {
    auto transaction = begin(*store);
    REQUIRE(transaction->suppress(suppression_of("a@example.org")));
    REQUIRE(transaction->unsuppress("a@example.org", "a person knows better", start + 9, false));
    REQUIRE(transaction->commit());
  }
  Told told;
  REQUIRE(run_and_tell(told, [&](const EachStandingChange& each) {
    return apply_reprocess(*store, judge_by({{"full", Reason::user_unknown}}), {}, act_now(), each);
  }));
  CHECK(told.empty());
  CHECK(suppressed_in(*store).empty());
}

TEST_CASE("another rule with the same verdict is written and changes nothing else") {
  const auto store = make_memory_store();
  int mails = 0;
  ingest(*store, reported("a@example.org", "gone", start, as_before), mails);
  const auto renamed = [](const Reply& reply, const std::string& vendor) {
    Verdict verdict = judge_by(as_before)(reply, vendor);
    verdict.rule = "rule/renamed";
    return verdict;
  };
  const auto report = apply_reprocess(*store, renamed, {}, act_now(), [](const StandingChange&) {});
  REQUIRE(report);
  CHECK(report->counts == ReprocessCounts{1, 1, 0, 1, 0, 0, 0});
  CHECK(events_of(*store, "a@example.org")[0].rule == "rule/renamed");
  CHECK(suppressed_in(*store) == std::vector<std::string>{"a@example.org"});
}

TEST_CASE("a replay ends where the events ended") {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same stories in every run
  const auto below = [&](int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); };
  int suppressed = 0;
  for (int story = 0; story < 300; ++story) {
    const auto store = make_memory_store();
    int mails = 0;
    for (int i = 0, count = 1 + below(12); i < count; ++i) {
      BounceEvent event = reported("a@example.org",
                                   below(8) == 0   ? "gone"
                                   : below(6) == 0 ? "spam"
                                                   : "full",
                                   start + below(40) * 43'200, as_before);
      event.original_from = "news@sender.example";
      if (below(3) == 0) event.confidence = Confidence::weak;
      if (below(9) == 0) event.kind = Kind::delivered, event.action = "delivered";
      if (below(9) == 0) event.distrusted = true;
      if (below(6) == 0) event.confirm = true;
      ingest(*store, event, mails);
    }
    const auto stands = store->suppression("a@example.org");
    REQUIRE(stands);
    std::size_t addresses = 0;
    REQUIRE(store->addresses("", [&](const AddressRecord& record) {
      ++addresses;
      CAPTURE(story);
      const Standing standing = replay(record, {}, long_after - 1);
      CHECK(standing.events == record.events);
      CHECK(standing.suppressed() == stands->has_value());
      if (standing.suppressed()) {
        CHECK(standing.suppression->event_id == (*stands)->event_id);
        CHECK(standing.suppression->scope == (*stands)->scope);
        ++suppressed;
      }
      return true;
    }));
    CHECK(addresses == 1);
  }
  CHECK(suppressed > 50);
  CHECK(suppressed < 290);
}

}  // namespace

TEST_CASE("what belongs to a wave suppresses under no rules, until the wave is released") {
  AddressRecord record;
  record.address = "a@example.org";
  record.events = {failure(record.address)};
  for (const auto& [wave, outcome] :
       std::vector<std::pair<std::int64_t, std::string>>{{0, "suppress"}, {7, "held"}, {-7, "held"}}) {
    CAPTURE(wave);
    record.events[0].wave = wave;
    const Standing standing = replay(record, PolicySettings{}, start + 60);
    CHECK(standing.suppressed() == (wave == 0));
    CHECK(standing.events.at(0).outcome == outcome);
  }
}
