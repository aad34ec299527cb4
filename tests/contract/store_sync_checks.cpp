// What is kept of sync targets.
#include <doctest/doctest.h>

#include "tests/contract/store_checks.hpp"
#include "tests/contract/store_world.hpp"

namespace bounced::contract {
namespace {

/// One change for each address, in a transaction each.
void suppress(Store& store, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    const auto transaction = begin(store);
    REQUIRE(transaction->suppress(suppression_of(address)));
    REQUIRE(transaction->commit());
  }
}

SyncTarget target_of(Store& store, const std::string& name) {
  const auto found = store.sync().target(name);
  REQUIRE(found);
  return *found;
}

std::vector<std::int64_t> numbers_for(Store& store, const std::string& target, std::int64_t after,
                                      int limit) {
  const auto found = store.sync().changes_for(target, after, limit);
  REQUIRE(found);
  std::vector<std::int64_t> numbers;
  for (const SyncChange& one : *found) numbers.push_back(one.change.number);
  return numbers;
}

}  // namespace

void changes_tell_what_filters_want(Store& store) {
  BounceEvent event = failure("a@x.example");
  event.list_id = "news.example.org";
  {
    const auto transaction = begin(store);
    REQUIRE(transaction->journal(mail_row("box", 1, 1, "m")));
    const auto id = transaction->add_event(event);
    REQUIRE(id);
    Suppression made = suppression_of("a@x.example");
    made.event_id = *id;
    made.confidence = Confidence::strong;
    REQUIRE(transaction->suppress(made));
    Suppression by_hand = suppression_of("b@x.example");
    by_hand.event_id = 0;
    by_hand.confidence = Confidence::exact;
    REQUIRE(transaction->suppress(by_hand));
    REQUIRE(transaction->unsuppress("a@x.example", "by hand", start + 1, true));
    REQUIRE(transaction->commit());
  }
  const auto changes = changes_of(store);
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].list_id == "news.example.org");
  CHECK(changes[0].confidence == Confidence::strong);
  CHECK(changes[0].event_id > 0);
  CHECK(changes[1].list_id == "");
  CHECK(changes[1].confidence == Confidence::exact);
  CHECK(changes[1].event_id == 0);
  CHECK_FALSE(changes[2].suppressed);
  CHECK(changes[2].confidence == Confidence::none);
  const auto last = store.sync().last_change_of("a@x.example");
  REQUIRE(last);
  CHECK(*last == changes[2]);
  const auto never = store.sync().last_change_of("nobody@x.example");
  REQUIRE(never);
  CHECK_FALSE(*never);
}

void targets_stand_where_they_were_left(Store& store) {
  suppress(store, {"a@x.example", "b@x.example", "c@x.example"});
  CHECK(store.sync().last_change().value() == 3);
  SyncTarget one = target_of(store, "lists");
  CHECK(one == SyncTarget{.name = "lists", .behind = 3, .oldest_behind = start});
  one.cursor = 2;
  one.failures = 4;
  one.next_try_at = start + 60;
  one.tried_at = start + 1;
  one.delivered_at = start + 2;
  one.delivered = 2;
  one.error = "no connection";
  one.disabled = true;
  REQUIRE(store.sync().write({one, {}}));
  REQUIRE(store.sync().write({SyncTarget{.name = "archive", .cursor = 3}, {}}));
  one.behind = 1;
  CHECK(target_of(store, "lists") == one);
  const auto all = store.sync().targets();
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].name == "archive");
  CHECK((*all)[0].behind == 0);
  CHECK((*all)[1] == one);
}

void each_target_has_its_own_queue(Store& store) {
  suppress(store, {"a@x.example", "b@x.example", "c@x.example", "d@x.example"});
  CHECK(numbers_for(store, "lists", 0, 3) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(numbers_for(store, "lists", 3, 3) == std::vector<std::int64_t>{4});
  const SyncAddress told{.target = "lists",
                         .address = "b@x.example",
                         .number = 2,
                         .suppressed = true,
                         .holds = true,
                         .state = SyncState::waiting,
                         .attempts = 3,
                         .next_try_at = start + 50,
                         .at = start + 5,
                         .words = "550 no"};
  REQUIRE(store.sync().write({SyncTarget{.name = "lists", .cursor = 2}, {told}}));
  const auto changes = store.sync().changes_for("lists", 1, 10);
  REQUIRE(changes);
  REQUIRE(changes->size() == 3);
  CHECK((*changes)[0].before == told);
  CHECK((*changes)[1].before == SyncAddress{.target = "lists", .address = "c@x.example"});
  const auto other = store.sync().changes_for("other", 1, 1);
  REQUIRE(other);
  CHECK(other->at(0).before.number == 0);
  const auto known = store.sync().known_of("b@x.example");
  REQUIRE(known);
  CHECK(*known == std::vector<SyncAddress>{told});
  CHECK(store.sync().known_of("a@x.example").value().empty());
}

void refused_changes_wait(Store& store) {
  suppress(store, {"a@x.example", "b@x.example", "c@x.example"});
  const auto refused = [](const std::string& address, std::int64_t number, SyncState state,
                          UnixSeconds next_try_at) {
    return SyncAddress{.target = "lists",
                       .address = address,
                       .number = number,
                       .suppressed = true,
                       .state = state,
                       .attempts = 1,
                       .next_try_at = next_try_at,
                       .at = start,
                       .words = "no"};
  };
  REQUIRE(store.sync().write({SyncTarget{.name = "lists", .cursor = 3},
                              {refused("a@x.example", 1, SyncState::waiting, start + 10),
                               refused("b@x.example", 2, SyncState::dead, 0),
                               refused("c@x.example", 3, SyncState::waiting, start + 20)}}));
  const SyncTarget target = target_of(store, "lists");
  CHECK(target.waiting == 2);
  CHECK(target.dead == 1);
  CHECK(store.sync().next_waiting("lists").value() == start + 10);
  CHECK(store.sync().next_waiting("other").value() == 0);
  const auto due = store.sync().waiting_for("lists", start + 15, 10);
  REQUIRE(due);
  REQUIRE(due->size() == 1);
  CHECK(due->at(0).change.number == 1);
  CHECK(due->at(0).before.attempts == 1);
  CHECK(store.sync().waiting_for("lists", start + 30, 1).value().size() == 1);
  CHECK(store.sync().waiting_for("lists", start + 30, 9).value().size() == 2);
  std::vector<std::string> seen;
  REQUIRE(store.sync().refused(
      "lists", [&](const SyncAddress& one) { return seen.push_back(one.address), seen.size() < 2; }));
  CHECK(seen == std::vector<std::string>{"a@x.example", "b@x.example"});

  REQUIRE(store.sync().replay("lists", 2));
  const SyncTarget again = target_of(store, "lists");
  CHECK(again.cursor == 1);
  CHECK(again.behind == 2);
  CHECK(again.waiting == 1);
  CHECK(again.dead == 0);
  CHECK(store.sync().known_of("b@x.example").value().at(0).number == 1);
}

void sync_state_is_written_alone(Store& store) {
  suppress(store, {"a@x.example"});
  {
    const auto transaction = begin(store);
    CHECK_FALSE(store.sync().write({SyncTarget{.name = "lists", .cursor = 1}, {}}));
    CHECK_FALSE(store.sync().replay("lists", 1));
  }
  CHECK(target_of(store, "lists").cursor == 0);
  REQUIRE(store.sync().write({SyncTarget{.name = "lists", .cursor = 1},
                              {SyncAddress{.address = "unknown@x.example", .number = 1}}}));
  CHECK(target_of(store, "lists").cursor == 1);
  CHECK(store.sync().known_of("unknown@x.example").value().empty());
}

}  // namespace bounced::contract
