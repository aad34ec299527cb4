// Passes over scripted mailboxes, with a store in memory: order of effects, cursor, back-off, reload, stop.
#include "daemon/loop.hpp"

#include <doctest/doctest.h>

#include <deque>

using namespace bounced;
using std::chrono::milliseconds;

namespace {

std::string bounce(int number) {
  return "From: MAILER-DAEMON@mx.example\nSubject: failure\nMIME-Version: 1.0\n"
         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
         "--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
         "Final-Recipient: rfc822; gone" +
         std::to_string(number) +
         "@example.org\nAction: failed\nStatus: 5.1.1\n"
         "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n--b--\n";
}

/// A mailbox whose mails have the UIDs 1 … `mails`, in batches of two; fails where the script says so.
struct Script {
  std::uint32_t mails = 0;
  std::uint32_t uid_validity = 1;
  std::string fail_at;  ///< "open", "next_batch", "settle", "close"
  std::uint32_t fail_after_uid = 0;
  Exit exit = Exit::unavailable;
  std::vector<std::string> seen{};  ///< what was asked of it
  std::vector<std::string> notes{};
  MailboxCursor opened_with{};
};

class ScriptedMailbox : public Mailbox {
 public:
  explicit ScriptedMailbox(Script& script) : script_(script) {}

  Result<MailboxState> open(MailboxCursor cursor) override {
    script_.seen.emplace_back("open");
    script_.opened_with = cursor;
    if (script_.fail_at == "open") return fail(script_.exit, "mailbox: open failed", "mend it");
    settled_ = cursor.uid_validity == script_.uid_validity ? cursor : MailboxCursor{script_.uid_validity, 0};
    asked_ = settled_.last_uid;
    next_ = asked_ + 1;
    return MailboxState{script_.uid_validity, script_.mails, script_.notes};
  }
  Result<std::vector<FetchedMail>> next_batch() override {
    if (script_.fail_at == "next_batch" && next_ > script_.fail_after_uid)
      return fail(script_.exit, "mailbox: next_batch failed", "");
    settled_.last_uid = asked_;  // the answer to the last settle has come by now
    std::vector<FetchedMail> batch;
    while (batch.size() < 2 && next_ <= script_.mails) {
      FetchedMail mail;
      mail.uid_validity = script_.uid_validity;
      mail.uid = next_;
      mail.name = "m:" + std::to_string(next_);
      mail.bytes = bounce(static_cast<int>(next_));
      mail.size_bytes = mail.bytes.size();
      batch.push_back(std::move(mail));
      ++next_;
    }
    script_.seen.push_back("batch of " + std::to_string(batch.size()));
    return batch;
  }
  Result<void> settle(const std::vector<Settlement>& settlements) override {
    script_.seen.push_back("settle " + std::to_string(settlements.size()));
    if (script_.fail_at == "settle" && next_ > script_.fail_after_uid)
      return fail(script_.exit, "mailbox: settle failed", "");
    asked_ = next_ - 1;
    return {};
  }
  Result<void> close() override {
    script_.seen.emplace_back("close");
    if (script_.fail_at == "close") return fail(script_.exit, "mailbox: close failed", "");
    settled_.last_uid = asked_;
    return {};
  }
  [[nodiscard]] MailboxCursor cursor() const override { return settled_; }

 private:
  Script& script_;
  std::uint32_t next_ = 1, asked_ = 0;
  MailboxCursor settled_;
};

Engine engine_with(std::vector<std::string> mailboxes) {
  Settings settings;
  for (auto& name : mailboxes) {
    MailboxSettings mailbox;
    mailbox.name = std::move(name);
    mailbox.url = "imaps://mail.example.org/INBOX";
    settings.mailboxes.push_back(std::move(mailbox));
  }
  settings.poll_interval = std::chrono::seconds(300);
  settings.log.level = "off";
  return *make_engine(std::move(settings));
}

struct Bench {
  std::unique_ptr<Store> store = make_memory_store();
  Engine engine = engine_with({"returns"});
  Script script;

  PassResult pass(const std::function<bool()>& stop = [] { return false; }) {
    script.seen.clear();
    return run_pass(
        engine.settings.mailboxes[0], engine, *store,
        [&](const MailboxSettings&, const ReadLimits&) -> Result<std::unique_ptr<Mailbox>> {
          return std::unique_ptr<Mailbox>(new ScriptedMailbox(script));
        },
        stop);
  }
  std::uint32_t last_uid() { return store->cursor("returns")->last_uid; }
  RunRecord last_run() { return store->summary(0, 1LL << 40)->runs.at(0); }
};

using Seen = std::vector<std::string>;

}  // namespace

TEST_CASE("a pass settles each batch after its decision and remembers how far it got") {
  Bench bench;
  bench.script.mails = 5;
  const auto pass = bench.pass();
  CHECK_FALSE(pass.error.has_value());
  CHECK(pass.counts.mails == 5);
  CHECK(pass.counts.suppressed == 5);
  CHECK(bench.script.seen == Seen{"open", "batch of 2", "settle 2", "batch of 2", "settle 2", "batch of 1",
                                  "settle 1", "batch of 0", "close"});
  CHECK(bench.last_uid() == 5);
  CHECK(bench.last_run().mails == 5);
  CHECK(bench.last_run().error.empty());

  CHECK(bench.pass().counts.mails == 0);
  CHECK(bench.script.opened_with == MailboxCursor{1, 5});
  CHECK(bench.script.seen == Seen{"open", "batch of 0", "close"});
}

TEST_CASE("mails seen again under a new UIDVALIDITY count once") {
  Bench bench;
  bench.script.mails = 3;
  bench.pass();
  bench.script.uid_validity = 2;
  const auto pass = bench.pass();
  CHECK(pass.counts.duplicates == 3);
  CHECK(pass.counts.suppressed == 0);
  CHECK(*bench.store->cursor("returns") == MailboxCursor{2, 3});
}

TEST_CASE("where a pass fails decides how far the cursor goes, and nothing counts twice after it") {
  struct Row {
    const char* fail_at;
    std::uint32_t fail_after_uid, last_uid;
    std::int64_t mails;
  };
  constexpr Row rows[] = {
      {"open", 0, 0, 0},       {"next_batch", 0, 0, 0},
      {"next_batch", 4, 4, 4},                      // close waits for the settling of 3 and 4
      {"settle", 4, 2, 4},     {"close", 0, 5, 5},  // an empty batch says that all is settled
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.fail_at));
    CAPTURE(row.fail_after_uid);
    Bench bench;
    bench.script.mails = 5;
    bench.script.fail_at = row.fail_at;
    bench.script.fail_after_uid = row.fail_after_uid;
    const auto pass = bench.pass();
    REQUIRE(pass.error.has_value());
    CHECK(pass.error->message == std::string("mailbox: ") + row.fail_at + " failed");
    CHECK(bench.last_run().error == pass.error->message);
    CHECK(bench.last_run().mails == row.mails);
    CHECK(bench.last_uid() <= row.mails);
    CHECK(bench.last_uid() == row.last_uid);

    bench.script.fail_at.clear();
    CHECK_FALSE(bench.pass().error.has_value());
    CHECK(bench.last_uid() == 5);
    CHECK(bench.store->summary(0, 1LL << 40)->active_suppressions == 5);
  }
}

TEST_CASE("every pass ends what has expired, with mails or without, also one that fails") {
  for (const std::string fail_at : {"", "open"}) {
    CAPTURE(fail_at);
    Bench bench;
    for (const UnixSeconds expires_at : {UnixSeconds{1'700'000'000}, UnixSeconds{1LL << 40}}) {
      Suppression one;
      one.address = std::to_string(expires_at) + "@example.org";
      one.expires_at = expires_at;
      auto transaction = bench.store->begin();
      REQUIRE((*transaction)->suppress(one));
      REQUIRE((*transaction)->commit());
    }
    bench.script.fail_at = fail_at;
    CHECK(bench.pass().error.has_value() == !fail_at.empty());
    CHECK_FALSE((*bench.store->suppression("1700000000@example.org")).has_value());
    CHECK((*bench.store->suppression(std::to_string(1LL << 40) + "@example.org")).has_value());
  }
}

TEST_CASE("an issue that has been quiet for long is closed by the next pass") {
  for (const int days : {0, 7}) {  // 0 = never
    Bench bench;
    bench.engine.settings.issues_close_after = std::chrono::hours(24 * days);
    auto transaction = *bench.store->begin();
    OperatorIssue issue;
    issue.provider = "google";
    issue.count = 1;
    issue.first_seen = issue.last_seen = issue.reported_at = 1'700'000'000;
    REQUIRE(transaction->report_issue(issue));
    issue.provider = "microsoft";
    issue.last_seen = issue.reported_at = 4'000'000'000;
    REQUIRE(transaction->report_issue(issue));
    REQUIRE(transaction->commit());
    transaction.reset();
    bench.pass();
    CHECK(bench.store->issues("closed")->size() == (days == 0 ? 0 : 1));
    CHECK(bench.store->issues("open")->back().provider == (days == 0 ? "google" : "microsoft"));
  }
}

TEST_CASE("a wave is told by the pass that noticed it, once") {
  Bench bench;
  bench.engine.settings.breaker.minimum = 5;
  bench.script.mails = 8;
  const auto first = bench.pass();
  REQUIRE(first.waves.size() == 1);
  CHECK(first.waves[0].held == 8);
  CHECK(first.counts.held == 8);
  CHECK(first.counts.suppressed == 0);
  CHECK(bench.last_run().suppressed == 0);
  bench.script.mails = 9;
  const auto second = bench.pass();
  CHECK(second.counts.held == 1);
  CHECK(second.waves.empty());
}

TEST_CASE("a pass that is asked to stop ends after the batch, settled") {
  Bench bench;
  bench.script.mails = 5;
  const auto pass = bench.pass([] { return true; });
  CHECK(pass.stopped);
  CHECK_FALSE(pass.error.has_value());
  CHECK(bench.script.seen == Seen{"open", "batch of 2", "settle 2", "close"});
  CHECK(bench.last_uid() == 2);
}

TEST_CASE("the worst error is one that a person must mend") {
  const auto failed = [](Exit exit) {
    PassResult pass;
    pass.error = Error{exit, "x", ""};
    return pass;
  };
  CHECK_FALSE(worst_error({}).has_value());
  CHECK_FALSE(worst_error({PassResult()}).has_value());
  CHECK(worst_error({failed(Exit::unavailable), PassResult()})->exit == Exit::unavailable);
  CHECK(worst_error({failed(Exit::unavailable), failed(Exit::no_permission), failed(Exit::config)})->exit ==
        Exit::no_permission);
  CHECK(worst_error({failed(Exit::config), failed(Exit::try_again)})->exit == Exit::config);
}

TEST_CASE("back-off doubles from 5 s to 15 min, and chance spreads it") {
  CHECK(backoff(1, 0) == milliseconds(5'000));
  CHECK(backoff(2, 0) == milliseconds(10'000));
  CHECK(backoff(8, 0) == milliseconds(640'000));
  CHECK(backoff(9, 0) == milliseconds(900'000));
  CHECK(backoff(1'000'000, 0) == milliseconds(900'000));
  CHECK(backoff(1, 1) == milliseconds(6'250));
  CHECK(backoff(9, 1) == milliseconds(1'125'000));
}

namespace {

/// A world whose clock moves only by waiting; ends after `length`.
struct FakeWorld {
  milliseconds clock{1}, length{0};
  std::map<std::string, Script> scripts;
  std::map<std::string, std::vector<milliseconds>> opened;
  std::map<milliseconds, Signal> signals;
  std::deque<Result<Engine>> reloads;
  std::map<milliseconds, Ring> bell;
  std::vector<std::size_t> watched;  ///< how many mailboxes were given to the watchers, each time

  World world() {
    World world;
    world.make_mailbox = [this](const MailboxSettings& settings,
                                const ReadLimits&) -> Result<std::unique_ptr<Mailbox>> {
      opened[settings.name].push_back(clock);
      return std::unique_ptr<Mailbox>(new ScriptedMailbox(scripts[settings.name]));
    };
    world.clock = [this] { return clock; };
    world.wait = [this](milliseconds timeout) {
      // The bell wakes the loop before its time is over.
      clock =
          bell.empty() ? clock + timeout : std::min(clock + timeout, std::max(clock, bell.begin()->first));
      if (clock >= length) return Signal::stop;
      const auto signal = signals.begin();
      if (signal == signals.end() || signal->first > clock) return Signal::none;
      const auto which = signal->second;
      signals.erase(signal);
      return which;
    };
    world.stop_requested = [this] { return clock >= length; };
    world.reload = [this]() -> Result<Engine> {
      auto fresh = std::move(reloads.front());
      reloads.pop_front();
      return fresh;
    };
    world.chance = [] { return 0.0; };
    world.new_mail.watch = [this](const Settings& settings) { watched.push_back(settings.mailboxes.size()); };
    world.new_mail.rings = [this] {
      std::vector<Ring> rings;
      while (!bell.empty() && bell.begin()->first <= clock) {
        rings.push_back(bell.begin()->second);
        bell.erase(bell.begin());
      }
      return rings;
    };
    return world;
  }

  void run(Engine engine, Store& store) {
    auto log = Log::open(engine.settings.log);
    const ServiceManager manager;
    watch(std::move(engine), store, *log, manager, world());
  }
};

/// How often a mailbox was opened, and the pauses between in seconds.
std::vector<long> pauses(const std::vector<milliseconds>& times) {
  std::vector<long> out;
  for (std::size_t i = 1; i < times.size(); ++i) out.push_back((times[i] - times[i - 1]).count() / 1000);
  return out;
}

}  // namespace

TEST_CASE("a broken mailbox is tried later and later and holds up no other") {
  FakeWorld world;
  world.length = std::chrono::hours(1);
  world.scripts["broken"].fail_at = "open";
  world.scripts["good"].mails = 3;
  const auto store = make_memory_store();
  world.run(engine_with({"broken", "good"}), *store);
  const auto broken = pauses(world.opened["broken"]);
  CHECK(std::vector<long>(broken.begin(), broken.begin() + 9) ==
        std::vector<long>{5, 10, 20, 40, 80, 160, 320, 640, 900});
  for (const auto pause : pauses(world.opened["good"])) CHECK(pause == 300);
  CHECK(world.opened["good"].size() == 12);
  CHECK(store->summary(0, 1LL << 40)->active_suppressions == 3);
}

TEST_CASE("new mail is read when a watcher rings, and the next poll is an interval later") {
  FakeWorld world;
  world.length = std::chrono::seconds(700);
  world.bell[milliseconds(40'001)] = {"returns", true, "", false};
  world.bell[milliseconds(41'001)] = {"returns", false, "can't be watched for", true};
  world.bell[milliseconds(42'001)] = {"returns", false, "", false};
  world.bell[milliseconds(50'001)] = {"returns", true, "new mail is watched for again", false};
  world.bell[milliseconds(51'001)] = {"unknown", true, "", false};
  const auto store = make_memory_store();
  world.run(engine_with({"returns", "other"}), *store);
  CHECK(world.bell.empty());
  CHECK(pauses(world.opened["returns"]) == std::vector<long>{40, 10, 300, 300});
  CHECK(pauses(world.opened["other"]) == std::vector<long>{300, 300});
  CHECK(world.watched == std::vector<std::size_t>{2});
}

TEST_CASE("a mailbox that fails is not tried sooner because a watcher rings") {
  FakeWorld world;
  world.length = std::chrono::seconds(60);
  world.scripts["broken"].fail_at = "open";
  world.bell[milliseconds(6'001)] = {"broken", true, "", false};
  world.bell[milliseconds(7'001)] = {"broken", true, "", false};
  const auto store = make_memory_store();
  world.run(engine_with({"broken"}), *store);
  CHECK(pauses(world.opened["broken"]) == std::vector<long>{5, 10, 20});
}

TEST_CASE("a mailbox that works again is polled at its interval again") {
  FakeWorld world;
  world.length = std::chrono::minutes(30);
  auto& script = world.scripts["returns"];
  script.fail_at = "open";
  const auto store = make_memory_store();
  auto plain = world.world();
  // Mended after the third failure.
  auto mend = plain;
  mend.make_mailbox = [&](const MailboxSettings& settings, const ReadLimits& limits) {
    if (world.opened[settings.name].size() == 3) script.fail_at.clear();
    return plain.make_mailbox(settings, limits);
  };
  auto engine = engine_with({"returns"});
  auto log = Log::open(engine.settings.log);
  watch(std::move(engine), *store, *log, ServiceManager(), mend);
  CHECK(pauses(world.opened["returns"]) == std::vector<long>{5, 10, 20, 300, 300, 300, 300, 300});
}

TEST_CASE("a reload takes new settings at once; wrong ones leave the old in force") {
  FakeWorld world;
  world.length = std::chrono::seconds(250);
  world.signals = {{milliseconds(60'000), Signal::reload}, {milliseconds(120'000), Signal::reload}};
  world.reloads.push_back(fail(Exit::config, "bounced.toml:3: wrong", ""));
  world.reloads.push_back(engine_with({"second"}));
  const auto store = make_memory_store();
  world.run(engine_with({"first"}), *store);
  CHECK(world.reloads.empty());
  CHECK(world.watched == std::vector<std::size_t>{1, 1});
  CHECK(world.opened["first"].size() == 1);
  REQUIRE(world.opened["second"].size() == 1);
  CHECK(world.opened["second"][0] < milliseconds(140'000));
}
