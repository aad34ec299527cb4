// A person's word about held suppressions, over both stores and in batches of any size.
#include "daemon/review.hpp"

#include <doctest/doctest.h>

#include "daemon/wave_alarm.hpp"
#include "tests/daemon/pipeline_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::test;

namespace {

/// Two waves of two providers, of seven and five addresses.
void fill(Store& store) {
  static const Engine engine = test::engine();
  BreakerSettings breaker;
  breaker.minimum = 5;
  Pipeline pipeline(engine.reader, engine.settings.policy, store, {}, breaker);
  std::vector<std::string> mails;
  for (int i = 0; i < 12; ++i) {
    const std::string domain = i < 7 ? "mad.example" : "odd.example";
    mails.push_back(dsn({{"a" + std::to_string(i) + "@" + domain, "failed", "5.1.1", "550 5.1.1 User unknown",
                          "mx." + domain}},
                        std::to_string(i)));
  }
  REQUIRE(pipeline.ingest("returns", "imap", fetched(mails), noon + 60));
  REQUIRE(store.waves("open")->size() == 2);
}

ManualAct act_of(ReviewWord word) {
  return {0, noon + day, std::string(to_string(word)), "anna", "asked them", "wave 1"};
}

std::string suppressed(Store& store) {
  std::string all;
  REQUIRE(store.suppressions({}, [&](const Suppression& row) { return all += row.address + " ", true; }));
  return all;
}

ReviewChoice wave(std::int64_t id) {
  ReviewChoice choice;
  choice.wave = id;
  return choice;
}

void check_review(Store& store, std::size_t batch) {
  fill(store);
  const std::string before = end_state(store);
  std::string previewed, settled;
  const auto preview =
      preview_review(store, wave(1), [&](const Hold& one) { previewed += one.suppression.address + " "; });
  REQUIRE(preview);
  CHECK(*preview == ReviewCounts{1, 7, 0});
  CHECK(end_state(store) == before);
  const auto each = [&](const Hold& one) { settled += one.suppression.address + " "; };
  const auto done =
      apply_review(store, ReviewWord::release, wave(1), act_of(ReviewWord::release), each, batch);
  REQUIRE(done);
  CHECK(*done == *preview);
  CHECK(settled == previewed);
  CHECK(suppressed(store) == previewed);
  CHECK(store.waves("open")->size() == 1);
  CHECK(store.waves("released")->at(0).held == 0);
  const auto acts = *store.acts_on("a3@mad.example");
  REQUIRE(acts.size() == 1);
  CHECK(acts[0].act.who == "anna");
  CHECK(acts[0].act.what == "release");
  CHECK(acts[0].reason == Reason::user_unknown);
  const std::string after = end_state(store);
  const auto again =
      apply_review(store, ReviewWord::release, wave(1), act_of(ReviewWord::release), each, batch);
  REQUIRE(again);
  CHECK(*again == ReviewCounts{});
  CHECK(end_state(store) == after);
  CHECK(store.acts_on("a3@mad.example")->size() == 1);
}

}  // namespace

TEST_CASE("a review does what its preview says, in batches of any size") {
  for (const std::size_t batch : {std::size_t{1}, std::size_t{3}, std::size_t{7}, std::size_t{100}}) {
    CAPTURE(batch);
    check_review(*make_memory_store(), batch);
    const test::TemporaryDirectory directory;
    check_review(**open_sqlite_store(directory.path() / "bounced.db"), batch);
  }
}

TEST_CASE("one address, one provider, or all") {
  const auto store = make_memory_store();
  fill(*store);
  const auto each = [](const Hold&) {};
  const auto decide = [&](ReviewWord word, const ReviewChoice& choice) {
    return *apply_review(*store, word, choice, act_of(word), each);
  };
  ReviewChoice one;
  one.address = "a2@mad.example";
  CHECK(decide(ReviewWord::release, one) == ReviewCounts{0, 1, 0});
  CHECK(suppressed(*store) == "a2@mad.example ");
  one.address = "a3@mad.example";
  CHECK(decide(ReviewWord::discard, one) == ReviewCounts{0, 1, 0});
  CHECK(store->waves("open")->size() == 2);
  ReviewChoice provider;
  provider.provider = "mad.example";
  CHECK(decide(ReviewWord::discard, provider) == ReviewCounts{1, 5, 0});
  ReviewChoice all;
  all.all = true;
  CHECK(decide(ReviewWord::release, all) == ReviewCounts{1, 5, 0});
  CHECK(suppressed(*store) ==
        "a10@odd.example a11@odd.example a2@mad.example a7@odd.example a8@odd.example a9@odd.example ");
  CHECK(store->waves("open")->empty());
}

TEST_CASE("what was discarded alone stays so when its wave is released") {
  const auto store = make_memory_store();
  fill(*store);
  ReviewChoice one;
  one.address = "a3@mad.example";
  const auto each = [](const Hold&) {};
  REQUIRE(apply_review(*store, ReviewWord::discard, one, act_of(ReviewWord::discard), each));
  REQUIRE(apply_review(*store, ReviewWord::release, wave(1), act_of(ReviewWord::release), each));
  const auto wave_of = [&](const std::string& address) {
    std::int64_t found = 99;
    REQUIRE(store->events(address, [&](const BounceEvent& row) { return found = row.wave, true; }));
    return found;
  };
  CHECK(wave_of("a3@mad.example") == -1);
  CHECK(wave_of("a4@mad.example") == 0);
}

TEST_CASE("what nobody decides about is released in its time, where the settings say so") {
  const auto store = make_memory_store();
  fill(*store);
  BreakerSettings settings;
  CHECK(*release_overdue(*store, settings, noon + 1000 * day) == 0);
  settings.release_after = std::chrono::hours(24 * 14);
  CHECK(*release_overdue(*store, settings, noon + 14 * day) == 0);
  CHECK(*release_overdue(*store, settings, noon + 14 * day + 60) == 2);
  CHECK(store->waves("released")->size() == 2);
  CHECK(store->acts_on("a1@mad.example")->at(0).act.who == "bounced");
}

TEST_CASE("each wave is told once") {
  const auto store = make_memory_store();
  fill(*store);
  for (const std::size_t expected : {std::size_t{2}, std::size_t{0}}) {
    auto transaction = *store->begin();
    const auto untold = take_untold(*store, *transaction, noon + day);
    REQUIRE(untold);
    CHECK(untold->size() == expected);
    REQUIRE(transaction->commit());
  }
}
