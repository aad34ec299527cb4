// What is old becomes counts by day: nothing that is in force loses its evidence, no figure is lost, and the
// database stays bounded.
#include "storage/retention.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "storage/store.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace bounced;
using namespace bounced::contract;
using bounced::test::TemporaryDirectory;

namespace {

constexpr UnixSeconds day = 24 * 60 * 60;
constexpr UnixSeconds first_day = 1'704'067'200;  // 2024-01-01

std::string user(std::int64_t number) { return "user" + std::to_string(number) + "@example.org"; }

struct Database {
  TemporaryDirectory directory;
  std::string path = directory.file("bounced.db");
  std::unique_ptr<Store> store = *open_sqlite_store(path);

  /// A mail read at `at` with an event about the address; every tenth is distrusted.
  std::int64_t mail(std::int64_t number, const std::string& address, UnixSeconds at) {
    auto transaction = begin(*store);
    JournalRow row =
        mail_row("returns", 1, static_cast<std::uint32_t>(number), "mail " + std::to_string(number));
    row.seen_at = at;
    row.kind = Kind::bounce;
    REQUIRE(*transaction->journal(row));
    BounceEvent event = failure(address);
    event.at = at;
    event.reason = number % 2 == 0 ? Reason::mailbox_full : Reason::user_unknown;
    event.provider = "provider" + std::to_string(number % 3);
    event.list_id = "list" + std::to_string(number % 4);
    event.distrusted = number % 10 == 0;
    event.authenticity_because = event.distrusted ? "forged" : "";
    event.outcome = "count";
    const auto id = transaction->add_event(event);
    REQUIRE(id);
    REQUIRE(transaction->commit());
    return *id;
  }

  /// Whole rounds until nothing is left, from a new connection each time, in steps of `rows`.
  ClearedRows clear(UnixSeconds events_before, UnixSeconds journal_before, UnixSeconds now,
                    int rows = 7) const {
    const auto retention = open_sqlite_retention(path);
    REQUIRE(retention);
    ClearedRows sum;
    for (int steps = 0; !sum.done; ++steps) {
      REQUIRE(steps < 100'000);
      const auto cleared = (*retention)->clear({events_before, journal_before}, rows, now);
      REQUIRE(cleared);
      CHECK(cleared->mails <= rows);
      sum.mails += cleared->mails;
      sum.events += cleared->events;
      sum.hashes += cleared->hashes;
      sum.addresses += cleared->addresses;
      sum.others += cleared->others;
      sum.done = cleared->done;
    }
    return sum;
  }
};

/// The figures that clearing must not change.
RunSummary figures(Store& store, UnixSeconds from, UnixSeconds until) {
  RunSummary made = *store.summary(from, until);
  // What is told of single addresses and providers is told while their events are there.
  made.permanent_not_suppressed = made.hard_bounces = made.complaints = made.soft_near_limit = 0;
  made.providers.clear();
  made.sample_soft.clear();
  made.sample_suppressions.clear();
  made.runs.clear();
  return made;
}

}  // namespace

TEST_CASE("summaries keep their figures when events become counts") {
  Database database;
  for (int number = 1; number <= 200; ++number)
    database.mail(number, user(number % 50), first_day + number * day / 4);
  const UnixSeconds end = first_day + 60 * day;
  const RunSummary before = figures(*database.store, first_day, end);
  const RunSummary before_week = figures(*database.store, first_day + 7 * day, first_day + 14 * day);
  CHECK(before.events > 100);

  const ClearedRows cleared = database.clear(first_day + 30 * day, 0, end);
  CHECK(cleared.mails > 100);
  CHECK(cleared.events == cleared.mails);
  CHECK(cleared.hashes == 0);
  CHECK(figures(*database.store, first_day, end) == before);
  CHECK(figures(*database.store, first_day + 7 * day, first_day + 14 * day) == before_week);

  // A second round, the day after, finds nothing; a third on the same day does not even look.
  CHECK(database.clear(first_day + 30 * day, 0, end + day).mails == 0);
  CHECK(figures(*database.store, first_day, end) == before);
}

TEST_CASE("what was read counts once after its events are gone") {
  Database database;
  for (int number = 1; number <= 30; ++number) database.mail(number, user(number), first_day + number * 3600);
  database.mail(31, user(31), first_day + 100 * day);
  const UnixSeconds now = first_day + 101 * day;
  CHECK(database.clear(first_day + 50 * day, first_day - day, now).mails == 30);
  auto transaction = begin(*database.store);
  JournalRow again = mail_row("elsewhere", 1, 1, "mail 5");
  CHECK_FALSE(*transaction->journal(again));
  transaction.reset();

  // Until the journal forgets, too.
  const ClearedRows cleared = database.clear(first_day + 50 * day, first_day + 60 * day, now + 2 * day);
  CHECK(cleared.hashes >= 60);  // 30 hashes, 30 places
  transaction = begin(*database.store);
  CHECK(*transaction->journal(again));
}

TEST_CASE("the evidence of what is in force or held stays, and the rest of the address's events goes") {
  Database database;
  const auto first = database.mail(1, user(1), first_day);
  const auto deciding = database.mail(2, user(1), first_day + day);
  database.mail(3, user(1), first_day + 2 * day);  // says it again: no evidence
  database.mail(4, user(2), first_day);
  database.mail(5, user(9), first_day + 100 * day);
  auto transaction = begin(*database.store);
  Suppression made = suppression_of(user(1));
  made.event_id = deciding;
  made.first_seen = first_day;
  REQUIRE(transaction->suppress(made));
  REQUIRE(transaction->commit());
  transaction.reset();
  const UnixSeconds now = first_day + 101 * day;
  CHECK(database.clear(first_day + 50 * day, first_day + 50 * day, now).events == 2);
  const auto left = events_of(*database.store, user(1));
  REQUIRE(left.size() == 2);
  CHECK(left[0].id == first);
  CHECK(left[1].id == deciding);
  CHECK(events_of(*database.store, user(2)).empty());
  transaction = begin(*database.store);
  CHECK_FALSE(*transaction->journal(mail_row("elsewhere", 1, 1, "mail 2")));  // its hash stays with it

  // When the suppression ends, its evidence goes with the next round.
  REQUIRE(*transaction->unsuppress(user(1), "a person says so", now, true));
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(database.clear(first_day + 50 * day, 0, now + 2 * day).events == 2);
}

TEST_CASE("clearing is killed at any step and goes on") {
  Database whole, cut;
  for (Database* one : {&whole, &cut})
    for (int number = 1; number <= 60; ++number)
      one->mail(number, user(number % 7), first_day + number * day / 2);
  const UnixSeconds before = first_day + 20 * day, now = first_day + 60 * day;
  whole.clear(before, before, now);
  bool done = false;
  for (int steps = 0; !done && steps < 1000; ++steps) {  // a connection, and so a process, for every step
    const auto retention = open_sqlite_retention(cut.path);
    done = (*retention)->clear({before, before}, 100, now)->done;
  }
  CHECK(done);
  CHECK(figures(*whole.store, first_day, now) == figures(*cut.store, first_day, now));
  for (int number = 0; number < 7; ++number)
    CHECK(events_of(*whole.store, user(number)) == events_of(*cut.store, user(number)));
}

TEST_CASE("a year of traffic stays bounded") {
  Database database;
  constexpr int mails_a_day = 20, days = 365;
  constexpr UnixSeconds kept = 30 * day;
  std::uintmax_t largest_in_spring = 0, largest = 0;
  std::int64_t number = 0;
  for (int today = 0; today < days; ++today) {
    const UnixSeconds now = first_day + today * day;
    auto transaction = begin(*database.store);
    for (int i = 0; i < mails_a_day; ++i) {
      ++number;
      JournalRow row =
          mail_row("returns", 1, static_cast<std::uint32_t>(number), "m" + std::to_string(number));
      row.seen_at = now;
      REQUIRE(*transaction->journal(row));
      BounceEvent event = failure(user(number));  // an address of its own for each
      event.at = now;
      event.diagnostic = std::string(300, 'x') + std::to_string(number);
      REQUIRE(transaction->add_event(event));
    }
    REQUIRE(transaction->commit());
    transaction.reset();
    if (today % 5 != 4) continue;
    const auto retention = open_sqlite_retention(database.path);
    for (bool done = false; !done;) done = (*retention)->clear({now - kept, now - 2 * kept}, 500, now)->done;
    while ((*retention)->size()->free_bytes > 100'000) REQUIRE((*retention)->shrink(100));
    const auto bytes = static_cast<std::uintmax_t>((*retention)->size()->bytes);
    if (today < 120) largest_in_spring = std::max(largest_in_spring, bytes);
    largest = std::max(largest, bytes);
  }
  CHECK(number == mails_a_day * days);
  CHECK(largest < largest_in_spring * 11 / 10 + 100'000);
  CHECK(database.store->summary(first_day, first_day + days * day)->mails == number);
}

TEST_CASE("a clock that jumps back does not stop the clearing") {
  Database database;
  for (int number = 1; number <= 10; ++number) database.mail(number, user(number), first_day);
  database.clear(first_day - day, 0, first_day + 1000 * day);  // a round in a future that was none
  CHECK(database.clear(first_day + day, 0, first_day + 2 * day).mails == 9);
}
