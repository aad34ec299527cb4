// The circuit breaker in the pipeline: mails go in, and what the store says afterwards.
#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <random>

#include "daemon/review.hpp"
#include "tests/daemon/pipeline_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::test;

namespace {

constexpr UnixSeconds hour = 3600;
const std::string gone =
    "550-5.1.1 The email account that you tried to reach does not exist. "
    "https://support.google.com/mail/?p=NoSuchUser a1si12.45 - gsmtp";

const Engine& compiled() {
  static const Engine engine = test::engine();
  return engine;
}

std::string date_of(UnixSeconds at) {
  const std::time_t time = at;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return text;
}

/// A mail about people of Gmail who are said not to exist.
std::string gmail(const std::vector<std::string>& names, UnixSeconds at) {
  std::vector<DsnRecipient> recipients;
  recipients.reserve(names.size());
  for (const std::string& name : names)
    recipients.push_back({name + "@gmail.com", "failed", "5.1.1", gone, "gmail-smtp-in.l.google.com"});
  return dsn(recipients, names.front() + "-" + std::to_string(at), date_of(at));
}

/// A mail about somebody of an ordinary provider.
std::string dead(const std::string& name, const std::string& domain, UnixSeconds at,
                 const std::string& reply = "550 5.1.1 User unknown") {
  return dsn({{name + "@" + domain, "failed", "5.1.1", reply, "mx." + domain}},
             name + domain + std::to_string(at), date_of(at));
}

std::vector<std::string> names(const std::string& stem, int count) {
  std::vector<std::string> all;
  all.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) all.push_back(stem + std::to_string(i));
  return all;
}

class Scene {
 public:
  explicit Scene(BreakerSettings breaker = {}, std::unique_ptr<Store> store = make_memory_store())
      : breaker_(std::move(breaker)), store_(std::move(store)) {
    begin_pass();
  }
  Store& store() { return *store_; }
  /// Another process, which knows nothing but the database.
  void begin_pass() {
    pipeline_ =
        std::make_unique<Pipeline>(compiled().reader, compiled().settings.policy, *store_, Gate{}, breaker_);
  }
  void read(const std::vector<std::string>& mails, UnixSeconds now = noon + 100 * day) {
    const auto settled = pipeline_->ingest("returns", "imap", fetched(mails, uid_), now);
    REQUIRE_MESSAGE(settled, (settled ? "" : settled.error().message));
    uid_ += static_cast<std::uint32_t>(mails.size());
  }
  [[nodiscard]] const PipelineCounts& counts() const { return pipeline_->counts(); }
  bool suppressed(const std::string& address) { return store_->suppression(address)->has_value(); }
  std::size_t count_suppressed(const std::string& domain = "") {
    std::size_t count = 0;
    REQUIRE(store_->suppressions({.reason = {}, .domain = domain, .source = ""},
                                 [&](const Suppression&) { return ++count, true; }));
    return count;
  }
  std::vector<Wave> waves() { return *store_->waves(""); }
  std::string outcome(const std::string& address) {
    std::string last;
    REQUIRE(store_->events(address, [&](const BounceEvent& row) { return last = row.outcome, true; }));
    return last;
  }
  ReviewCounts review(ReviewWord word, const ReviewChoice& choice, UnixSeconds at = noon + 101 * day) {
    const auto done = apply_review(*store_, word, choice,
                                   {0, at, std::string(to_string(word)), "anna", "", ""}, [](const Hold&) {});
    REQUIRE_MESSAGE(done, (done ? "" : done.error().message));
    return *done;
  }

 private:
  BreakerSettings breaker_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Pipeline> pipeline_;
  std::uint32_t uid_ = 1;
};

BreakerSettings small(int minimum = 10, int text_minimum = 1000) {
  BreakerSettings breaker;
  breaker.minimum = minimum;
  breaker.text_minimum = text_minimum;
  return breaker;
}

}  // namespace

TEST_CASE("20,000 of one provider within an hour, among ordinary traffic: nobody of them is suppressed") {
  const test::TemporaryDirectory directory;
  auto opened = open_sqlite_store(directory.path() / "bounced.db");
  REQUIRE(opened);
  Scene scene({}, std::move(*opened));
  constexpr int mails = 400, recipients = 50;
  for (int i = 0; i < 56; ++i)  // two weeks of ordinary days before
    scene.read({gmail({"before" + std::to_string(i)}, noon - 14 * day + i * 6 * hour),
                dead("before" + std::to_string(i), "other.example", noon - 14 * day + i * 6 * hour)});
  CHECK(scene.count_suppressed() == 112);

  for (int i = 0; i < mails; ++i) {
    const UnixSeconds at = noon + i * hour / mails;
    const std::string n = std::to_string(i);
    std::vector<std::string> batch{gmail(names("user" + n + "-", recipients), at)};
    if (i % 4 == 0) batch.push_back(dead("dead" + n, "small" + std::to_string(i % 16) + ".example", at));
    if (i % 100 == 0) batch.push_back(complaint("angry" + n + "@gmail.com"));
    scene.read(batch, at + 60);
  }
  CHECK(scene.count_suppressed("gmail.com") == 56 + 4);  // what was before, and the complaints
  CHECK(scene.count_suppressed() == 112 + 100 + 4);      // and the others as usual
  const auto waves = scene.waves();
  REQUIRE(waves.size() == 1);
  CHECK(waves[0].kind == WaveKind::provider);
  CHECK(waves[0].name == "google");
  CHECK(waves[0].count == mails * recipients);
  CHECK(waves[0].held == mails * recipients);
  CHECK(waves[0].usual == 1);
  CHECK(waves[0].bound == 200);
  CHECK(waves[0].first_at == noon);
  CHECK(waves[0].tripped_at < noon + 120);  // after the first two hundred of them
  std::size_t taken_back = 0;
  REQUIRE(
      scene.store().changes(0, [&](const OutboxChange& one) { return taken_back += !one.suppressed, true; }));
  CHECK(taken_back == 199);  // those before the one with which it was noticed: told, and told otherwise
  CHECK(scene.outcome("user0-0@gmail.com") == "held");
  CHECK(scene.outcome("user399-49@gmail.com") == "held");

  ReviewChoice choice;
  choice.wave = waves[0].id;
  const ReviewCounts done = scene.review(ReviewWord::discard, choice, noon + 2 * hour);
  CHECK(done == ReviewCounts{1, mails * recipients, 0});
  CHECK(scene.count_suppressed("gmail.com") == 60);
  CHECK(scene.waves()[0].state == "discarded");
  CHECK(scene.waves()[0].held == 0);
  scene.read({gmail(names("late", recipients), noon + 1800)}, noon + 3 * hour);
  CHECK(scene.count_suppressed("gmail.com") == 60);
  CHECK(scene.outcome("late7@gmail.com") == "ignore");
  CHECK(scene.waves()[0].held == 0);
  scene.read({gmail({"user0-0", "late7"}, noon + 2 * day)}, noon + 2 * day + 60);  // dead in truth
  CHECK(scene.suppressed("user0-0@gmail.com"));
  CHECK(scene.suppressed("late7@gmail.com"));
}

TEST_CASE("what is no wave") {
  SUBCASE("a small list that is cleaned") {
    Scene scene;
    std::vector<std::string> mails;
    mails.reserve(400);
    for (int i = 0; i < 150; ++i) mails.push_back(gmail({"user" + std::to_string(i)}, noon + i * 20));
    scene.read(mails);
    CHECK(scene.count_suppressed() == 150);
    CHECK(scene.waves().empty());
  }
  SUBCASE("years of bounces, read at once in any order") {
    Scene scene(small(10));
    std::vector<std::string> mails;
    mails.reserve(400);
    for (int i = 0; i < 400; ++i)
      mails.push_back(gmail({"user" + std::to_string(i)}, noon - i * day + i % 7 * hour));
    std::shuffle(mails.begin(), mails.end(), std::mt19937(5));
    scene.read(mails);
    CHECK(scene.count_suppressed() == 400);
    CHECK(scene.waves().empty());
  }
  SUBCASE("a newsletter that has as many each week") {
    Scene scene(small(10));
    for (int week = 0; week < 6; ++week)
      scene.read({gmail(names("w" + std::to_string(week) + "-", week == 0 ? 9 : 9 * (week % 3 + 1)),
                        noon + week * 7 * day)});
    CHECK(scene.waves().empty());
    CHECK(scene.count_suppressed() == 9 + 18 + 27 + 9 + 18 + 27);
    scene.read({gmail(names("jump", 108), noon + 42 * day)});  // four times the fullest
    CHECK(scene.waves().size() == 1);
  }
  SUBCASE("one address that bounces by the hundred") {
    Scene scene(small(10));
    std::vector<std::string> mails;
    mails.reserve(400);
    for (int i = 0; i < 100; ++i) mails.push_back(gmail({"loop"}, noon + i));
    scene.read(mails);
    CHECK(scene.waves().empty());
    CHECK(scene.suppressed("loop@gmail.com"));
  }
  SUBCASE("people who complain by the hundred") {
    Scene scene(small(10));
    std::vector<std::string> mails;
    mails.reserve(400);
    for (int i = 0; i < 50; ++i) mails.push_back(complaint("angry" + std::to_string(i) + "@gmail.com"));
    scene.read(mails);
    CHECK(scene.waves().empty());
    CHECK(scene.count_suppressed() == 50);
  }
  SUBCASE("the breaker is off") {
    BreakerSettings off = small(10);
    off.mode = "off";
    Scene scene(off);
    scene.read({gmail(names("user", 50), noon)});
    CHECK(scene.waves().empty());
    CHECK(scene.count_suppressed() == 50);
  }
}

TEST_CASE("others go on while a wave runs, in the same words too") {
  Scene scene(small(10, 15));
  std::vector<std::string> mails;
  mails.reserve(400);
  const std::string words = "550 5.1.1 User unknown";
  for (int i = 0; i < 40; ++i) {
    mails.push_back(dead("user" + std::to_string(i), "mad.example", noon + i * 60, words));
    if (i % 10 == 0) mails.push_back(dead("dead" + std::to_string(i), "calm.example", noon + i * 60, words));
  }
  scene.read(mails);
  const auto waves = scene.waves();
  REQUIRE(waves.size() == 1);  // not one of the wording besides
  CHECK(waves[0].name == "mad.example");
  CHECK(waves[0].held == 40);
  CHECK(scene.count_suppressed("calm.example") == 4);
  CHECK(scene.count_suppressed("mad.example") == 0);
}

TEST_CASE("a wording that many providers say at once is a wave of its own") {
  Scene scene(small(10, 30));
  std::vector<std::string> mails;
  mails.reserve(400);
  for (int i = 0; i < 50; ++i) {
    const std::string domain = "d" + std::to_string(i % 10) + ".example";
    mails.push_back(
        dead("user" + std::to_string(i), domain, noon + i * 30,
             "550 5.1.1 The hosted mailbox user" + std::to_string(i) + "@" + domain + " is unknown here"));
    if (i % 10 == 0) mails.push_back(dead("other" + std::to_string(i), domain, noon + i * 30));
  }
  scene.read(mails);
  const auto waves = scene.waves();
  REQUIRE(waves.size() == 1);
  CHECK(waves[0].kind == WaveKind::text);
  CHECK(waves[0].held == 50);
  CHECK(scene.count_suppressed() == 5);
  ReviewChoice one_provider;
  one_provider.provider = "d3.example";
  CHECK(scene.review(ReviewWord::discard, one_provider).settled == 5);
  CHECK(scene.waves()[0].held == 45);
  CHECK(scene.waves()[0].state == "open");
}

TEST_CASE("a second wave on the next day is one, too") {
  Scene scene(small(10));
  scene.read({gmail(names("first", 60), noon)});
  scene.read({gmail(names("second", 60), noon + day)});  // the first one waits for a word: it is not usual
  CHECK(scene.waves().size() == 2);
  CHECK(scene.count_suppressed() == 0);
}

TEST_CASE("a wave ends when it is quiet") {
  Scene scene(small(10));
  for (int i = 0; i < 6; ++i)
    scene.read({gmail(names("wave" + std::to_string(i) + "-", 12), noon + i * 1800)});
  scene.read({gmail({"tail"}, noon + 5 * 1800 + 1200), gmail({"after"}, noon + 5 * 1800 + hour + 600)});
  REQUIRE(scene.waves().size() == 1);
  CHECK(scene.waves()[0].held == 73);
  CHECK(scene.outcome("tail@gmail.com") == "held");
  CHECK(scene.suppressed("after@gmail.com"));
}

TEST_CASE("a released wave suppresses, but for those who were reached since") {
  Scene scene(small(10));
  scene.read({gmail(names("user", 40), noon)});
  scene.read({dsn({{"user3@gmail.com", "delivered", "2.0.0", "250 2.0.0 Ok"}}, "ok", date_of(noon + hour))});
  ReviewChoice all;
  all.all = true;
  CHECK(scene.review(ReviewWord::release, all) == ReviewCounts{1, 40, 1});
  CHECK(scene.count_suppressed() == 39);
  CHECK_FALSE(scene.suppressed("user3@gmail.com"));
  CHECK(scene.store().suppression("user4@gmail.com")->value().note == "1 of 1 user_unknown");
  scene.read({gmail(names("more", 40), noon + 60)});  // of the same wave: no wave any more
  CHECK(scene.count_suppressed() == 79);
  scene.read({gmail(names("week", 160), noon + 7 * day)});  // 80 are usual now
  CHECK(scene.waves().size() == 1);
  CHECK(scene.count_suppressed() == 79 + 160);
}

TEST_CASE("what a wave said confirms nothing") {
  const std::string odd = "550 5.1.1 Zorbl qwexit";  // the code alone wants a second sighting
  const auto second_sighting = [&](bool in_wave) {
    Scene scene(small(in_wave ? 10 : 1000));
    std::vector<std::string> mails;
    mails.reserve(400);
    for (int i = 0; i < 30; ++i)
      mails.push_back(dead("user" + std::to_string(i), "mad.example", noon + i, odd));
    scene.read(mails);
    CHECK(scene.outcome("user29@mad.example") == "count");
    if (in_wave) {
      ReviewChoice all;
      all.all = true;
      CHECK(scene.review(ReviewWord::discard, all).waves == 1);
    }
    scene.read({dead("user29", "mad.example", noon + 2 * day, odd)});
    return scene.outcome("user29@mad.example");
  };
  CHECK(second_sighting(false) == "suppress");
  CHECK(second_sighting(true) == "count");
}

TEST_CASE("an address that is dead by other word stays suppressed through a wave") {
  Scene scene(small(10));
  scene.read({gmail({"old"}, noon - 3 * day)});
  auto mails = names("user", 30);
  mails.push_back("old");
  scene.read({gmail(mails, noon)});
  CHECK(scene.waves().at(0).held == 30);
  CHECK(scene.suppressed("old@gmail.com"));
}

TEST_CASE("any split into batches, by one process or many, ends the same") {
  std::vector<std::string> mails;
  mails.reserve(400);
  std::mt19937 random(11);
  for (int i = 0; i < 260; ++i) {
    const std::string n = std::to_string(i);
    const UnixSeconds at = noon - 3 * day + static_cast<UnixSeconds>(random() % (4 * day));
    if (i % 3 == 0) mails.push_back(dead("dead" + n, "d" + std::to_string(i % 5) + ".example", at));
    if (i % 3 == 1) mails.push_back(gmail({"usual" + n}, at));
    if (i % 3 == 2)
      mails.push_back(gmail({"wave" + n}, noon + static_cast<UnixSeconds>(random() % (3 * hour))));
    if (i % 7 == 0) mails.push_back(gmail({"wave" + std::to_string(random() % 260)}, noon + i));
  }
  std::string expected;
  for (const std::size_t size : {mails.size(), std::size_t{1}, std::size_t{9}, std::size_t{64}}) {
    for (const bool one_process : {true, false}) {
      for (const bool in_memory : {true, false}) {
        CAPTURE(size);
        CAPTURE(one_process);
        CAPTURE(in_memory);
        const test::TemporaryDirectory directory;
        Scene scene(small(12, 30),
                    in_memory ? make_memory_store() : *open_sqlite_store(directory.path() / "bounced.db"));
        for (std::size_t at = 0; at < mails.size(); at += size) {
          if (!one_process) scene.begin_pass();
          scene.read({mails.begin() + static_cast<std::ptrdiff_t>(at),
                      mails.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, mails.size()))});
        }
        const std::string state = end_state(scene.store());
        if (expected.empty()) expected = state;
        CHECK(state == expected);
      }
    }
  }
  CHECK(expected.find("wave 1 provider google open") != std::string::npos);
  CHECK(expected.find("held 1 wave5@gmail.com") != std::string::npos);
  CHECK(expected.find("suppressed dead0@d0.example") != std::string::npos);
}
