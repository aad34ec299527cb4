// The contract of a store: addresses that are forgotten.
#include <doctest/doctest.h>

#include "tests/contract/store_checks.hpp"
#include "tests/contract/store_world.hpp"

namespace bounced::contract {
namespace {

const std::string anna = "anna@example.org", bert = "bert@example.org";

ManualAct act_of(const char* what) { return {0, start + 500, what, "root", "asked for", ""}; }

/// Both have an event, a suppression and a retry; Bert's reply names Anna.
void fill(Store& store) {
  auto transaction = begin(store);
  int number = 0;
  for (const std::string& address : {anna, bert}) {
    JournalRow row;
    row.key = {"returns", 1, static_cast<std::uint32_t>(++number), "content " + address};
    row.message_id = "<dsn-anna=example.org@mx>";
    REQUIRE(*transaction->journal(row));
    BounceEvent event;
    event.address = address;
    event.at = start;
    event.reason = Reason::user_unknown;
    event.diagnostic = "550 <Anna@Example.org> unknown";
    REQUIRE(transaction->add_event(event));
    REQUIRE(transaction->suppress(suppression_of(address)));
    REQUIRE(transaction->put_retry(retry_of(address, start + 60)));
  }
  REQUIRE(transaction->commit());
}

}  // namespace

void a_forgotten_address_is_gone(Store& store) {
  fill(store);
  const Forgotten kept{"hash", start + 500, Reason::user_unknown, ""};
  CHECK_FALSE(*store.forgetting().any());
  CHECK(store.forgetting().key()->size() >= 16);

  const auto seen = store.forgetting().forget(anna, kept, act_of("forget"), false);
  REQUIRE(seen);
  CHECK(seen->known);
  CHECK(seen->events == 1);
  CHECK(seen->suppressions == 1);
  CHECK(seen->retries == 1);
  CHECK(seen->changes == 1);
  CHECK(seen->texts >= 2);  // Bert's reply, the mails' own names
  CHECK_FALSE(*store.forgetting().any());
  CHECK(store.suppression(anna)->has_value());

  CHECK(*store.forgetting().forget(anna, kept, act_of("forget"), true) == *seen);
  CHECK_FALSE(store.suppression(anna)->has_value());
  CHECK(events_of(store, anna).empty());
  CHECK(retries_of(store, 0).size() == 1);
  for (const OutboxChange& change : changes_of(store)) CHECK(change.address == bert);
  REQUIRE(events_of(store, bert).size() == 1);
  CHECK(events_of(store, bert)[0].diagnostic == "550 <(forgotten)> unknown");
  CHECK(store.suppression(bert)->has_value());
  CHECK(*store.forgetting().any());
  CHECK(**store.forgetting().find("hash") == kept);
  CHECK_FALSE(store.forgetting().find("another")->has_value());
  CHECK(*store.is_journaled({"returns", 1, 1, "content " + anna}));  // the mail counts once all the same

  // Again: there is nothing left.
  CHECK(*store.forgetting().forget(anna, std::nullopt, act_of("forget"), true) == ForgetCounts{});
  CHECK(*store.forgetting().any());
}

void a_forgotten_address_is_mailed_again(Store& store) {
  fill(store);
  REQUIRE(store.forgetting().forget(anna, Forgotten{"hash", start + 500, Reason::user_unknown, ""},
                                    act_of("forget"), true));
  CHECK_FALSE(*store.forgetting().mail_again("another", anna, act_of("remove")));
  CHECK(*store.forgetting().mail_again("hash", anna, act_of("remove")));
  CHECK_FALSE(*store.forgetting().any());
  const auto changes = changes_of(store);
  REQUIRE(!changes.empty());
  CHECK(changes.back().address == anna);
  CHECK_FALSE(changes.back().suppressed);
  CHECK(changes.back().reason == Reason::user_unknown);
  auto transaction = begin(store);
  CHECK_FALSE(store.forgetting().forget(bert, std::nullopt, act_of("forget"), true));  // not within one
}

}  // namespace bounced::contract
