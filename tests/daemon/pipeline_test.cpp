// Mails through the pipeline into a store: what is written, what is settled, and that both are whole.
#include "daemon/pipeline.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/daemon/pipeline_world.hpp"

using namespace bounced;
using namespace bounced::test;

namespace {

std::vector<BounceEvent> events_of(Store& store, const std::string& address) {
  std::vector<BounceEvent> rows;
  REQUIRE(store.events(address, [&](const BounceEvent& row) { return rows.push_back(row), true; }));
  return rows;
}

/// The rules are compiled once: the tests below fail and begin again by the hundred.
const Engine& compiled() {
  static const Engine engine = test::engine();
  return engine;
}

struct World {
  const Engine& engine = compiled();
  std::unique_ptr<Store> store = make_memory_store();
  Pipeline pipeline{engine.reader, engine.settings.policy, *store};

  std::vector<Settlement> ingest(const std::vector<FetchedMail>& mails, UnixSeconds now = noon + 60) {
    auto settled = pipeline.ingest("returns", "imap", mails, now);
    REQUIRE_MESSAGE(settled, (settled ? "" : settled.error().message));
    return *settled;
  }
};

/// A store whose transactions fail at the n-th call.
class FailingStore final : public Store {
 public:
  FailingStore(Store& real, int fail_at) : real_(real), calls_left_(fail_at) {}
  [[nodiscard]] bool failed() const { return failed_; }

  Result<std::unique_ptr<Transaction>> begin() override {
    auto begun = real_.begin();
    if (!begun) return begun;
    return std::unique_ptr<Transaction>(std::make_unique<Failing>(std::move(*begun), *this));
  }
  Result<bool> is_journaled(const MailKey& key) override { return real_.is_journaled(key); }
  Result<MailboxCursor> cursor(const std::string& mailbox) override { return real_.cursor(mailbox); }
  Result<std::optional<Suppression>> suppression(const std::string& a) override {
    return real_.suppression(a);
  }
  Result<void> suppressions(const SuppressionFilter& f, const Each<Suppression>& e) override {
    return real_.suppressions(f, e);
  }
  Result<std::vector<Suppression>> replaced_suppressions(const std::string& a) override {
    return real_.replaced_suppressions(a);
  }
  Result<std::vector<ActOnAddress>> acts_on(const std::string& a) override { return real_.acts_on(a); }
  Result<std::vector<Wave>> waves(const std::string& s) override { return real_.waves(s); }
  Result<void> holds(const HoldFilter& f, const Each<Hold>& e) override { return real_.holds(f, e); }
  Result<void> retries(UnixSeconds due, const Each<Retry>& e) override { return real_.retries(due, e); }
  Result<std::optional<Retry>> retry(const std::string& a) override { return real_.retry(a); }
  Result<std::vector<ProviderSlowdown>> slowdowns(UnixSeconds now) override { return real_.slowdowns(now); }
  Result<std::vector<OperatorIssue>> issues(const std::string& s) override { return real_.issues(s); }
  Result<std::vector<UnknownTemplate>> unknown_templates() override { return real_.unknown_templates(); }
  Result<void> events(const std::string& a, const Each<BounceEvent>& e) override {
    return real_.events(a, e);
  }
  Result<void> addresses(const std::string& a, const Each<AddressRecord>& e) override {
    return real_.addresses(a, e);
  }
  Result<void> changes(std::int64_t n, const Each<OutboxChange>& e) override { return real_.changes(n, e); }
  SyncStore& sync() override { return real_.sync(); }
  ForgetStore& forgetting() override { return real_.forgetting(); }
  Result<RunSummary> summary(UnixSeconds f, UnixSeconds u) override { return real_.summary(f, u); }
  Result<std::vector<SummarySending>> summary_sendings() override { return real_.summary_sendings(); }

 private:
  class Failing final : public Transaction {
   public:
    Failing(std::unique_ptr<Transaction> real, FailingStore& store) : real_(std::move(real)), store_(store) {}
    Result<bool> journal(const JournalRow& r) override {
      return run([&] { return real_->journal(r); });
    }
    Result<AddressHistory> history(const std::string& a, UnixSeconds s) override {
      return run([&] { return real_->history(a, s); });
    }
    Result<std::int64_t> add_event(const BounceEvent& e) override {
      return run([&] { return real_->add_event(e); });
    }
    Result<void> note_unknown(const UnknownTemplate& u) override {
      return run([&] { return real_->note_unknown(u); });
    }
    Result<void> suppress(const Suppression& s) override {
      return run([&] { return real_->suppress(s); });
    }
    Result<bool> unsuppress(const std::string& a, const std::string& w, UnixSeconds t, bool f) override {
      return run([&] { return real_->unsuppress(a, w, t, f); });
    }
    Result<std::int64_t> expire(UnixSeconds n) override {
      return run([&] { return real_->expire(n); });
    }
    Result<std::int64_t> record_act(const ManualAct& a) override {
      return run([&] { return real_->record_act(a); });
    }
    Result<void> note_act(std::int64_t n, const std::string& a) override {
      return run([&] { return real_->note_act(n, a); });
    }
    Result<std::int64_t> forget_replaced(const SuppressionFilter& f) override {
      return run([&] { return real_->forget_replaced(f); });
    }
    Result<bool> take_back(const std::string& s, const SuppressionFilter& f, const ManualAct& a) override {
      return run([&] { return real_->take_back(s, f, a); });
    }
    Result<void> rejudge(const BounceEvent& e) override {
      return run([&] { return real_->rejudge(e); });
    }
    Result<bool> revoke(const std::string& s, const SuppressionFilter& f, const ManualAct& a) override {
      return run([&] { return real_->revoke(s, f, a); });
    }
    Result<bool> set_issue_state(std::int64_t i, const std::string& s, UnixSeconds t) override {
      return run([&] { return real_->set_issue_state(i, s, t); });
    }
    Result<std::int64_t> close_quiet_issues(UnixSeconds q, UnixSeconds t) override {
      return run([&] { return real_->close_quiet_issues(q, t); });
    }
    Result<std::int64_t> last_act() override {
      return run([&] { return real_->last_act(); });
    }
    Result<std::vector<VerdictCount>> verdict_counts(WaveKind k, const std::string& n) override {
      return run([&] { return real_->verdict_counts(k, n); });
    }
    Result<void> count_verdicts(WaveKind k, const std::string& n, const VerdictCount& m,
                                UnixSeconds t) override {
      return run([&] { return real_->count_verdicts(k, n, m, t); });
    }
    Result<void> forget_verdict_counts(UnixSeconds b) override {
      return run([&] { return real_->forget_verdict_counts(b); });
    }
    Result<std::vector<Wave>> waves_of(WaveKind k, const std::string& n) override {
      return run([&] { return real_->waves_of(k, n); });
    }
    Result<std::int64_t> put_wave(const Wave& w) override {
      return run([&] { return real_->put_wave(w); });
    }
    Result<void> close_wave(std::int64_t w, const std::string& s, UnixSeconds t) override {
      return run([&] { return real_->close_wave(w, s, t); });
    }
    Result<void> hold(const Hold& h) override {
      return run([&] { return real_->hold(h); });
    }
    Result<std::vector<Hold>> hold_made(std::int64_t w, const std::string& p, UnixSeconds f, UnixSeconds u,
                                        UnixSeconds n,
                                        const std::function<bool(const Suppression&)>& b) override {
      return run([&] { return real_->hold_made(w, p, f, u, n, b); });
    }
    Result<bool> release(std::int64_t w, const std::string& s, const ManualAct& a) override {
      return run([&] { return real_->release(w, s, a); });
    }
    Result<bool> discard(std::int64_t w, const std::string& s, const ManualAct& a) override {
      return run([&] { return real_->discard(w, s, a); });
    }
    Result<void> put_retry(const Retry& r) override {
      return run([&] { return real_->put_retry(r); });
    }
    Result<RetryMark> finish_retry(const std::string& a, UnixSeconds t, bool e) override {
      return run([&] { return real_->finish_retry(a, t, e); });
    }
    Result<void> drop_retry(const std::string& a) override {
      return run([&] { return real_->drop_retry(a); });
    }
    Result<void> slow_down(const ProviderSlowdown& s) override {
      return run([&] { return real_->slow_down(s); });
    }
    Result<void> report_issue(const OperatorIssue& o) override {
      return run([&] { return real_->report_issue(o); });
    }
    Result<void> delivered(const std::string& a, UnixSeconds t) override {
      return run([&] { return real_->delivered(a, t); });
    }
    Result<void> set_cursor(const std::string& m, MailboxCursor c) override {
      return run([&] { return real_->set_cursor(m, c); });
    }
    Result<void> add_run(const RunRecord& r) override {
      return run([&] { return real_->add_run(r); });
    }
    Result<void> note_retries(UnixSeconds at) override {
      return run([&] { return real_->note_retries(at); });
    }
    Result<std::optional<SummarySending>> summary_sending(const std::string& n,
                                                          const std::string& w) override {
      return real_->summary_sending(n, w);
    }
    Result<void> put_summary_sending(const SummarySending& s) override {
      return run([&] { return real_->put_summary_sending(s); });
    }
    Result<void> note_sending_failure(const SendingFailure& f) override {
      return run([&] { return real_->note_sending_failure(f); });
    }
    Result<void> commit() override {
      return run([&] { return real_->commit(); });
    }

   private:
    template <class Action>
    auto run(Action&& action) -> decltype(action()) {
      if (--store_.calls_left_ == 0) {
        store_.failed_ = true;
        return fail(Exit::io, "the disk is full");
      }
      return action();
    }
    std::unique_ptr<Transaction> real_;
    FailingStore& store_;
  };

  Store& real_;
  int calls_left_;
  bool failed_ = false;
};

}  // namespace

TEST_CASE("each kind of mail goes its way") {
  World world;
  auto mails = fetched(
      {dsn({{"dead@receiver.example"}}, "1"), "Subject: hello\n\nNo bounce at all.\n",
       "From: a@b.example\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nI am away until Monday.\n",
       complaint("angry@receiver.example"),
       dsn({{"fine@receiver.example", "delivered", "2.0.0", "250 Ok"}}, "2")});
  FetchedMail huge;
  huge.uid_validity = 7;
  huge.uid = 99;
  huge.name = "returns:99";
  huge.size_bytes = 900'000'000;
  huge.oversized = true;
  mails.push_back(huge);
  std::string deep = "Subject: x\nMIME-Version: 1.0\n";
  for (int i = 0; i < 300; ++i)
    deep += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) +
            "\n";
  mails.push_back(fetched({deep}, 100).front());

  const auto settled = world.ingest(mails);
  REQUIRE(settled.size() == mails.size());
  const std::vector<Disposal> expected{Disposal::processed,  Disposal::unrecognised, Disposal::processed,
                                       Disposal::processed,  Disposal::processed,    Disposal::quarantined,
                                       Disposal::quarantined};
  for (std::size_t i = 0; i < settled.size(); ++i) {
    CAPTURE(i);
    CHECK(to_string(settled[i].disposal) == to_string(expected[i]));
    CHECK(settled[i].uid == mails[i].uid);
    CHECK(settled[i].name == mails[i].name);
  }
  PipelineCounts counts;
  counts.mails = 7;
  counts.bounces = 1;
  counts.unrecognised = 1;
  counts.quarantined = 2;
  counts.suppressed = 2;
  CHECK(world.pipeline.counts() == counts);
  CHECK((*world.store->suppression("angry@receiver.example"))->source == "complaint");
  CHECK((*world.store->suppression("angry@receiver.example"))->reason == Reason::complaint);
  CHECK_FALSE(world.store->suppression("fine@receiver.example")->has_value());
}

TEST_CASE("what a suppression tells") {
  World world;
  world.ingest(fetched({dsn({{"Dead@Receiver.example"}}, "1")}));
  const auto found = *world.store->suppression("dead@receiver.example");
  REQUIRE(found);
  CHECK(found->address_as_written == "Dead@Receiver.example");
  CHECK(found->reason == Reason::user_unknown);
  CHECK(found->status == "5.1.1");
  CHECK(found->diagnostic == "550 5.1.1 User unknown");
  CHECK(found->mailbox == "returns");
  CHECK(found->message_id == "original-1@sender.example");
  CHECK(found->first_seen == noon);
  CHECK(found->decided_at == noon + 60);
  CHECK(found->note == "1 of 1 user_unknown");
  const auto events = events_of(*world.store, "dead@receiver.example");
  REQUIRE(events.size() == 1);
  CHECK(found->event_id == events[0].id);
  CHECK(events[0].outcome == "suppress");
  CHECK(events[0].provider == "receiver.example");
  CHECK(events[0].list_id == "news.sender.example");
}

TEST_CASE("each recipient of a report is decided for itself") {
  World world;
  world.ingest(
      fetched({dsn({{"dead@receiver.example"},
                    {"slow@receiver.example", "delayed", "4.7.1", "450 4.7.1 Greylisted, try again later"},
                    {"fine@receiver.example", "delivered", "2.0.0", "250 Ok"},
                    {"full@receiver.example", "failed", "5.2.2", "552 5.2.2 Mailbox full"},
                    {"dead@receiver.example"}},
                   "1")}));
  CHECK(world.store->suppression("dead@receiver.example")->has_value());
  CHECK(events_of(*world.store, "dead@receiver.example").size() == 1);  // named twice in the same words
  CHECK(events_of(*world.store, "slow@receiver.example").at(0).kind == Kind::delayed);
  CHECK(events_of(*world.store, "fine@receiver.example").at(0).kind == Kind::delivered);
  CHECK(events_of(*world.store, "full@receiver.example").at(0).outcome == "count");
  std::string retries;
  REQUIRE(world.store->retries(0, [&](const Retry& row) { return retries += row.address + " ", true; }));
  CHECK(retries == "full@receiver.example ");
}

TEST_CASE("replies that no rule knows are kept by their wording") {
  World world;
  const auto odd = [](const std::string& who, const std::string& reply,
                      const std::string& action = "failed") {
    return DsnRecipient{who + "@receiver.example", action, "5.0.0", reply};
  };
  const auto mails =
      fetched({dsn({odd("a", "550 Zorbl qwexit <a@receiver.example> at mx1.receiver.example"),
                    odd("b", "550 Zorbl qwexit <b@receiver.example> at mx2.receiver.example"),
                    odd("c", "450 zorbl slowly", "delayed"), odd("d", "550 5.0.0")},
                   "1"),
               dsn({{"known@receiver.example"}}, "2"), dsn({odd("e", "250 zorbl", "delivered")}, "3")});
  world.ingest(mails);
  world.ingest(mails);  // the same mails count once
  const auto unknown = *world.store->unknown_templates();
  REQUIRE(unknown.size() == 2);
  CHECK(unknown[0].text == "550 zorbl qwexit <addr> at <host>");
  CHECK(unknown[0].count == 2);
  CHECK(unknown[0].samples ==
        std::vector<std::string>{"550 Zorbl qwexit <a@receiver.example> at mx1.receiver.example",
                                 "550 Zorbl qwexit <b@receiver.example> at mx2.receiver.example"});
  CHECK(unknown[0].first_seen == noon);
  CHECK(unknown[0].reported_at == noon + 60);
  CHECK(unknown[1].text == "450 zorbl slowly");
  CHECK(world.store->summary(noon, noon + day)->unknown_templates == 2);
}

TEST_CASE("the same content counts once, by whatever way it comes") {
  World world;
  const std::string text = dsn({{"full@receiver.example", "failed", "5.2.2", "552 5.2.2 Mailbox full"}}, "1");
  std::string crlf;
  for (const char c : text) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  auto mails = fetched({text, crlf, text + "\n\n"});
  const auto settled = world.ingest(mails);
  for (const Settlement& one : settled) CHECK(one.disposal == Disposal::processed);
  mails[0].uid_validity = 8;
  world.ingest(mails);
  CHECK(world.pipeline.counts().mails == 6);
  CHECK(world.pipeline.counts().duplicates == 5);
  CHECK(events_of(*world.store, "full@receiver.example").size() == 1);
}

TEST_CASE("any split into batches ends the same") {
  const auto mails = mixed_mails();
  REQUIRE(mails.size() > 40);
  std::string expected;
  for (const std::size_t size : {mails.size(), std::size_t{1}, std::size_t{7}}) {
    CAPTURE(size);
    World world;
    for (std::size_t at = 0; at < mails.size(); at += size)
      world.ingest({mails.begin() + static_cast<std::ptrdiff_t>(at),
                    mails.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, mails.size()))});
    const std::string state = end_state(*world.store);
    if (expected.empty()) expected = state;
    CHECK(state == expected);
    for (const FetchedMail& mail : mails) world.ingest({mail});  // all over again: nothing changes
    CHECK(end_state(*world.store) == expected);
  }
  CHECK(expected.find("suppressed dead0@receiver.example user_unknown policy") != std::string::npos);
  CHECK(expected.find("suppressed full1@receiver.example mailbox_full policy") != std::string::npos);
  CHECK(expected.find("suppressed angry4@receiver.example complaint") != std::string::npos);
  CHECK(expected.find("issue receiver.example ip_blocklisted 12") != std::string::npos);
  CHECK(expected.find("zorbl qwexit frumious <n> | 550 zorbl qwexit frumious 0 | 550 zorbl") !=
        std::string::npos);
}

TEST_CASE("whatever fails, nothing is written and nothing is settled") {
  const auto mails = mixed_mails();
  World good;
  good.ingest(mails);
  const std::string expected = end_state(*good.store);
  int failures = 0;
  for (int fail_at = 1;; ++fail_at) {
    CAPTURE(fail_at);
    World world;
    const std::string before = end_state(*world.store);
    FailingStore failing(*world.store, fail_at);
    Pipeline pipeline(world.engine.reader, world.engine.settings.policy, failing);
    const auto settled = pipeline.ingest("returns", "imap", mails, noon + 60);
    if (!failing.failed()) {
      CHECK(settled);
      break;
    }
    ++failures;
    REQUIRE_FALSE(settled);
    CHECK(settled.error().message == "the disk is full");
    CHECK(pipeline.counts() == PipelineCounts{});
    REQUIRE(end_state(*world.store) == before);
    world.ingest(mails);
    REQUIRE(end_state(*world.store) == expected);
  }
  CHECK(failures > 150);
}

TEST_CASE("suppressions expire with the next batch") {
  World world;
  std::vector<std::string> texts;
  for (int i = 1; i <= 5; ++i)
    texts.push_back(dsn({{"full@receiver.example", "failed", "5.2.2", "552 5.2.2 Mailbox full"}},
                        std::to_string(i), std::to_string(i) + " Feb 2026 12:00:00 +0000"));
  world.ingest(fetched(texts));
  REQUIRE(world.store->suppression("full@receiver.example")->has_value());
  world.ingest({}, noon + 100 * day);
  CHECK(world.store->suppression("full@receiver.example")->has_value());
  world.ingest({}, noon + 200 * day);
  CHECK_FALSE(world.store->suppression("full@receiver.example")->has_value());
}
