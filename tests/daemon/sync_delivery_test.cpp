// What a target is told, in which order, and what happens when it does not take it.
#include <doctest/doctest.h>

#include "daemon/sync/plan.hpp"
#include "tests/daemon/sync_world.hpp"

namespace bounced::testing {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("changes are told in order, once, and the ends too") {
  SyncScene scene;
  ScriptedTarget target;
  scene.suppress("a@x.example");
  scene.suppress("b@x.example");
  const auto first = scene.turn(target);
  CHECK_FALSE(first.error);
  CHECK(first.told == 2);
  CHECK(target.words() == Words{"+a@x.example", "+b@x.example"});
  scene.release("a@x.example");
  scene.turn(target);
  scene.turn(target);
  CHECK(target.words() == Words{"+a@x.example", "+b@x.example", "-a@x.example"});
  const SyncTarget state = scene.state();
  CHECK(state.cursor == 3);
  CHECK(state.behind == 0);
  CHECK(state.delivered == 3);
  CHECK(state.delivered_at == scene.now);
  CHECK_FALSE(scene.known_of("a@x.example").holds);
  CHECK(scene.known_of("b@x.example").holds);
}

TEST_CASE("of several changes of an address the last one is told") {
  struct Row {
    const char* what;
    int rounds;  // suppressed and released so often, then suppressed
    Words told;
  };
  const Row rows[] = {{"once", 0, {"+b@x.example", "+a@x.example"}},
                      {"twice", 1, {"+b@x.example", "+a@x.example"}},
                      {"often", 7, {"+b@x.example", "+a@x.example"}}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    SyncScene scene;
    ScriptedTarget target;
    for (int i = 0; i < row.rounds; ++i) {
      scene.suppress("a@x.example");
      scene.release("a@x.example");
    }
    scene.suppress("b@x.example");
    scene.suppress("a@x.example");
    scene.turn(target);
    CHECK(target.words() == row.told);
    CHECK(scene.state().cursor == 2 * row.rounds + 2);
  }
}

TEST_CASE("an end is told when the suppression was, or may have been") {
  SyncScene scene;
  scene.settings.reasons = {"complaint"};
  ScriptedTarget target;
  scene.suppress("never@x.example");
  scene.release("never@x.example");  // its suppression did not pass the filter
  scene.suppress("maybe@x.example", Reason::complaint);
  scene.release("maybe@x.example");  // may have been told by a turn that was killed
  scene.turn(target);
  CHECK(target.words() == Words{"-maybe@x.example"});
  CHECK(scene.state().cursor == 4);
}

TEST_CASE("what holds for one sender alone is told to those only that ask for it") {
  for (const bool all : {false, true}) {
    CAPTURE(all);
    SyncScene scene;
    scene.settings.scope = all ? "all" : "global";
    ScriptedTarget target;
    scene.suppress("a@x.example", Reason::user_unknown, "sender.example");
    scene.turn(target);
    CHECK(target.words() == (all ? Words{"+a@x.example"} : Words{}));
    scene.suppress("a@x.example");  // now for every sender
    scene.turn(target);
    CHECK(target.words() == (all ? Words{"+a@x.example", "+a@x.example"} : Words{"+a@x.example"}));
    scene.release("a@x.example");
    scene.turn(target);
    CHECK(target.words().back() == "-a@x.example");
  }
}

TEST_CASE("filters choose") {
  struct Row {
    const char* what;
    void (*set)(TargetSettings&);
    bool wanted;
  };
  const Row rows[] = {
      {"none", [](TargetSettings&) {}, true},
      {"its reason", [](TargetSettings& s) { s.reasons = {"user_unknown"}; }, true},
      {"another reason",
       [](TargetSettings& s) {
         s.reasons = {"complaint", "mailbox_full"};
       },
       false},
      {"its domain", [](TargetSettings& s) { s.domains = {"mail.example.org"}; }, true},
      {"a domain above", [](TargetSettings& s) { s.domains = {"EXAMPLE.org"}; }, true},
      {"a domain that ends so", [](TargetSettings& s) { s.domains = {"l.example.org"}; }, false},
      {"another domain", [](TargetSettings& s) { s.domains = {"example.net"}; }, false},
      {"less sure", [](TargetSettings& s) { s.minimum_confidence = "weak"; }, true},
      {"as sure", [](TargetSettings& s) { s.minimum_confidence = "strong"; }, true},
      {"surer", [](TargetSettings& s) { s.minimum_confidence = "exact"; }, false},
      {"its list", [](TargetSettings& s) { s.lists = {"news.example.org"}; }, true},
      {"another list", [](TargetSettings& s) { s.lists = {"talk.example.org"}; }, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    TargetSettings settings;
    row.set(settings);
    OutboxChange change;
    change.address = "a@mail.example.org";
    change.reason = Reason::user_unknown;
    change.confidence = Confidence::strong;
    change.event_id = 7;
    change.list_id = "news.example.org";
    CHECK(Filter(settings).wants(change) == row.wanted);
    if (settings.lists.empty()) continue;
    change.event_id = 0;  // by hand: for every list
    change.list_id = "";
    CHECK(Filter(settings).wants(change));
  }
}

TEST_CASE("a target that can't be reached keeps its place, and is tried later and later") {
  SyncScene scene;
  ScriptedTarget target;
  scene.suppress("a@x.example");
  target.answers = {Fate::later, Fate::later, Fate::later};
  UnixSeconds expected = 10;
  for (int i = 1; i <= 3; ++i, expected *= 2) {
    CAPTURE(i);
    const auto turn = scene.turn(target);
    REQUIRE(turn.error);
    CHECK(turn.next_try_at == scene.now + expected);
    CHECK(scene.state().failures == i);
    CHECK(scene.state().cursor == 0);
    CHECK(scene.state().error == "scripted");
    CHECK_FALSE(scene.turn(target).error);  // too early: it is left alone
    CHECK(target.batches.size() == static_cast<std::size_t>(i));
    scene.now = turn.next_try_at;
  }
  CHECK_FALSE(scene.turn(target).error);
  CHECK(target.words() == Words{"+a@x.example"});
  CHECK(scene.state().failures == 0);
  CHECK(scene.state().error.empty());
}

TEST_CASE("waiting times") {
  TargetSettings settings;
  settings.retry_first = std::chrono::seconds(30);
  settings.retry_longest = std::chrono::seconds(3600);
  struct Row {
    int failures;
    double chance;
    int asked_for, wanted;
  };
  const Row rows[] = {{1, 0, 0, 30},    {2, 0, 0, 60},       {7, 0, 0, 1920},        {8, 0, 0, 3600},
                      {99, 0, 0, 3600}, {1, 1, 0, 37},       {99, 1, 0, 4500},       {1, 0, 90, 90},
                      {1, 0, 10, 30},   {99, 0, 7200, 7200}, {1'000'000, 0, 0, 3600}};
  for (const Row& row : rows) {
    CAPTURE(row.failures);
    CHECK(sync_backoff(settings, row.failures, row.chance, std::chrono::seconds(row.asked_for)).count() ==
          row.wanted);
  }
}

TEST_CASE("a refused change is tried again a few times, put aside then, and holds up no other") {
  SyncScene scene;
  scene.settings.attempts = 3;
  ScriptedTarget target;
  target.answer_to["bad@x.example"] = Fate::refused;
  scene.suppress("a@x.example");
  scene.suppress("bad@x.example");
  scene.suppress("b@x.example");
  const auto first = scene.turn(target);
  CHECK_FALSE(first.error);
  CHECK(first.told == 2);
  CHECK(first.refused == 1);
  CHECK(scene.state().cursor == 3);
  CHECK(scene.state().waiting == 1);
  for (int attempt = 2; attempt <= 3; ++attempt) {
    CHECK(scene.turn(target).refused == 0);  // not due yet
    scene.now = scene.known_of("bad@x.example").next_try_at;
    scene.turn(target);
    CHECK(scene.known_of("bad@x.example").attempts == attempt);
  }
  CHECK(scene.state().dead == 1);
  CHECK(scene.known_of("bad@x.example").words == "not this one");
  scene.now += 1'000'000;
  const std::size_t calls = target.batches.size();
  scene.turn(target);
  CHECK(target.batches.size() == calls);
  SUBCASE("its end is told, and takes its place") {
    target.answer_to.clear();
    scene.release("bad@x.example");
    scene.turn(target);
    CHECK(target.words().back() == "-bad@x.example");
    CHECK(scene.state().dead == 0);
  }
  SUBCASE("a replay tells it again") {
    target.answer_to.clear();
    REQUIRE(scene.store->sync().replay("lists", 1));
    scene.turn(target);
    CHECK(target.words() ==
          Words{"+a@x.example", "+b@x.example", "+a@x.example", "+bad@x.example", "+b@x.example"});
  }
}

TEST_CASE("a target that wants no more is left alone until somebody asks") {
  SyncScene scene;
  ScriptedTarget target;
  scene.suppress("a@x.example");
  target.answers = {Fate::disable};
  CHECK(scene.turn(target).disabled);
  scene.now += 1'000'000;
  CHECK(scene.turn(target).disabled);
  CHECK(target.batches.size() == 1);
  CHECK_FALSE(scene.turn(target, {.even_early = true}).disabled);
  CHECK(target.words() == Words{"+a@x.example"});
  CHECK_FALSE(scene.state().disabled);
}

TEST_CASE("a batch that breaks off in the middle goes on there, and nothing older follows something newer") {
  SyncScene scene;
  ScriptedTarget target;
  scene.suppress("a@x.example");
  scene.suppress("b@x.example");
  scene.release("a@x.example");
  scene.suppress("c@x.example");
  // One answer for each change: b is taken, a's end is not.
  target.answer_to["a@x.example"] = Fate::later;
  CHECK(scene.turn(target).error);
  CHECK(scene.state().cursor == 0);  // all of a's changes are seen again
  target.answer_to.clear();
  scene.now += 100;
  scene.turn(target);
  CHECK(target.words() == Words{"+b@x.example", "+c@x.example", "-a@x.example"});
  CHECK(scene.state().cursor == 4);
}

TEST_CASE("batches are as large as the settings say") {
  SyncScene scene;
  scene.settings.batch = 3;
  ScriptedTarget target;
  for (int i = 0; i < 8; ++i) scene.suppress("a" + std::to_string(i) + "@x.example");
  scene.turn(target);
  CHECK(target.batches == std::vector<std::size_t>{3, 3, 2});
}

TEST_CASE("a turn is bounded, and says that there is more") {
  SyncScene scene;
  ScriptedTarget target;
  for (int i = 0; i < 2500; ++i) scene.suppress("a" + std::to_string(i) + "@x.example");
  const auto first = scene.turn(target, {.windows = 1});
  CHECK(first.told == 1000);
  CHECK(first.more);
  CHECK(scene.turn(target, {.windows = 1}).more);
  const auto last = scene.turn(target, {.windows = 1});
  CHECK(last.told == 500);
  CHECK_FALSE(last.more);
}

TEST_CASE("a stop ends a turn between two batches, without a failure") {
  SyncScene scene;
  ScriptedTarget target;
  scene.suppress("a@x.example");
  scene.stop = true;
  CHECK_FALSE(scene.turn(target).error);
  CHECK(target.batches.empty());
  CHECK(scene.state().failures == 0);
}

TEST_CASE("down for a week: nothing is lost, nothing is put aside, and the order holds") {
  SyncScene scene;
  ScriptedTarget target;
  scene.settings.retry_longest = std::chrono::seconds(3600);
  scene.chance = 0.5;
  const UnixSeconds up_again = scene.now + 7 * 24 * 3600;
  int turns = 0, addresses = 0;
  while (scene.now < up_again) {
    const std::string address = "a" + std::to_string(addresses++) + "@x.example";
    scene.suppress(address);
    if (addresses % 3 == 0) scene.release(address);
    target.answers = {Fate::later};
    const auto turn = scene.turn(target);
    turns += turn.error ? 1 : 0;
    REQUIRE(turn.next_try_at > scene.now);
    CHECK(turn.next_try_at <= scene.now + 4500);
    scene.now = turn.next_try_at;
  }
  CHECK(turns > 150);  // every hour or so
  CHECK(scene.state().cursor == 0);
  target.answers.clear();
  while (scene.turn(target).more) {
  }
  CHECK(scene.state().behind == 0);
  CHECK(scene.state().dead + scene.state().waiting == 0);
  REQUIRE(target.heard.size() == static_cast<std::size_t>(addresses));
  for (std::size_t i = 1; i < target.heard.size(); ++i)
    CHECK(target.heard[i].number > target.heard[i - 1].number);
}

TEST_CASE("a target that can't be made is a failure like others") {
  SyncScene scene;
  scene.suppress("a@x.example");
  const SyncWorld world{[&] { return scene.now; }, [] { return 0.0; }, [] { return false; }};
  TargetSource source{
      []() -> Result<std::unique_ptr<Target>> { return fail(Exit::config, "no password", ""); }};
  const auto turn = sync_turn(scene.settings, *scene.store, source, world, {});
  REQUIRE(turn.error);
  CHECK(scene.state().failures == 1);
  CHECK(scene.state().error == "no password");
  CHECK(scene.state().behind == 1);
}

TEST_CASE("a preview tells what would be told, and changes nothing") {
  SyncScene scene;
  scene.suppress("a@x.example");
  scene.release("a@x.example");
  scene.suppress("b@x.example");
  Words seen;
  const auto count = preview(scene.settings, *scene.store, [&](const OutboxChange& one) {
    return seen.push_back((one.suppressed ? "+" : "-") + one.address), true;
  });
  CHECK(count.value() == 2);
  CHECK(seen == Words{"-a@x.example", "+b@x.example"});
  CHECK(scene.state() == SyncTarget{.name = "lists", .behind = 3, .oldest_behind = scene.now});
}

}  // namespace
}  // namespace bounced::testing
