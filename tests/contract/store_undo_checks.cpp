// The contract of a store: what people do, and what takes suppressions back.
#include <doctest/doctest.h>

#include <map>
#include <random>
#include <vector>

#include "tests/contract/store_checks.hpp"
#include "tests/contract/store_world.hpp"

namespace bounced::contract {
namespace {

constexpr std::string_view address = "a@example.org";

ManualAct act_at(UnixSeconds at, const std::string& what = "undo") {
  return {0, at, what, "anna", "gmail was wrong", "provider google"};
}

/// An act recorded in this transaction.
ManualAct recorded(Transaction& transaction, ManualAct act) {
  const auto id = transaction.record_act(act);
  REQUIRE(id);
  act.id = *id;
  return act;
}

/// Undoes a choice as the daemon does.
std::size_t undo(Store& store, const SuppressionFilter& which, UnixSeconds at) {
  std::vector<Suppression> selected;
  REQUIRE(store.suppressions(which, [&](const Suppression& row) { return selected.push_back(row), true; }));
  auto transaction = begin(store);
  REQUIRE(transaction->forget_replaced(which));
  const ManualAct act = recorded(*transaction, act_at(at));
  for (const Suppression& row : selected) CHECK(*transaction->take_back(row.address, which, act));
  REQUIRE(transaction->commit());
  return selected.size();
}

Suppression made_by(const std::string& of, const std::string& source, const std::string& scope,
                    const std::string& batch = "") {
  Suppression made = suppression_of(of);
  made.source = source;
  made.scope = scope;
  made.batch = batch;
  return made;
}

void suppress_all(Store& store, const std::vector<Suppression>& rows) {
  auto transaction = begin(store);
  for (const Suppression& row : rows) REQUIRE(transaction->suppress(row));
  REQUIRE(transaction->commit());
}

template <class Value>
SuppressionFilter by(Value SuppressionFilter::*field, std::type_identity_t<Value> value,
                     SuppressionFilter which = {}) {
  which.*field = std::move(value);
  return which;
}

/// What a target believes that follows the outbox: address → scope.
std::map<std::string, std::string> followed(Store& store) {
  std::map<std::string, std::string> believed;
  for (const OutboxChange& change : changes_of(store)) {
    if (change.suppressed)
      believed[change.address] = change.scope;
    else
      believed.erase(change.address);
  }
  return believed;
}

std::map<std::string, std::string> in_force(Store& store) {
  std::map<std::string, std::string> scopes;
  for (const Suppression& row : suppressions_of(store)) scopes[row.address] = row.scope;
  return scopes;
}

}  // namespace

void acts_are_kept(Store& store) {
  auto transaction = begin(store);
  const ManualAct add = recorded(*transaction, act_at(start, "add"));
  REQUIRE(transaction->note_act(add.id, std::string(address)));  // nothing is in force yet
  REQUIRE(transaction->suppress(made_by(std::string(address), "manual", "sender.example")));
  REQUIRE(transaction->note_act(add.id, std::string(address)));
  REQUIRE(transaction->note_act(add.id, std::string(address)));  // told once
  const ManualAct remove = recorded(*transaction, act_at(start + 9, "remove"));
  REQUIRE(transaction->note_act(remove.id, std::string(address)));
  REQUIRE(transaction->unsuppress(std::string(address), "", start + 9, false));
  REQUIRE(transaction->commit());
  transaction.reset();
  {
    auto rolled_back = begin(store);
    REQUIRE(rolled_back->note_act(recorded(*rolled_back, act_at(start)).id, std::string(address)));
  }
  const std::vector<ActOnAddress> acts = *store.acts_on(std::string(address));
  REQUIRE(acts.size() == 2);
  CHECK(add.id != remove.id);
  CHECK(acts[0] == ActOnAddress{add, Reason::user_unknown, "manual", "sender.example", start});
  CHECK(acts[1] == ActOnAddress{remove, Reason::user_unknown, "manual", "sender.example", start});
  CHECK(store.acts_on("stranger@example.org")->empty());
}

void take_back_lets_the_replaced_one_return(Store& store) {
  struct Row {
    const char* name;
    std::vector<Suppression> made;  ///< one after the other
    SuppressionFilter which;
    std::string note;                  ///< of the one in force at the end; "" = none
    std::vector<std::string> changes;  ///< after the undo: "+scope", "-scope"
  };
  const auto noted = [](Suppression made, const std::string& note, UnixSeconds expires_at = 0) {
    made.note = note;
    made.expires_at = expires_at;
    return made;
  };
  const std::string who(address);
  const Suppression pair = noted(made_by(who, "policy", "sender.example"), "pair");
  const Suppression global = noted(made_by(who, "policy", "", "wave"), "global");
  const Suppression manual = noted(made_by(who, "manual", ""), "manual");
  SuppressionFilter wave, nothing, policy;
  wave.batch = "wave";
  nothing.batch = "other";
  policy.source = "policy";
  const std::vector<Row> rows{
      {"alone", {global}, wave, "", {"-"}},
      {"not selected", {global}, nothing, "global", {}},
      {"a lesser one beneath", {pair, global}, wave, "pair", {"-", "+sender.example"}},
      {"both selected", {pair, global}, policy, "", {"-"}},
      {"one that is over beneath", {noted(pair, "over", start + 100), global}, wave, "", {"-"}},
      {"one that is nearly over beneath",
       {noted(pair, "near", start + 101), global},
       wave,
       "near",
       {"-", "+sender.example"}},
      {"of three the middle one", {pair, global, manual}, wave, "manual", {}},
      {"of the same scope", {global, manual}, by(&SuppressionFilter::source, "manual"), "global", {}},
      {"to the bottom",
       {pair, noted(global, "over", start + 50), manual},
       by(&SuppressionFilter::source, "manual"),
       "pair",
       {"-", "+sender.example"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    {
      auto cleared = begin(store);
      REQUIRE(cleared->unsuppress(who, "", start, true));
      REQUIRE(cleared->commit());
    }
    suppress_all(store, row.made);
    const std::int64_t before = changes_of(store).back().number;
    (void)undo(store, row.which, start + 100);
    const auto stands = *store.suppression(who);
    CHECK((stands ? stands->note : "") == row.note);
    std::vector<std::string> changes;
    for (const OutboxChange& change : changes_of(store, before))
      changes.push_back((change.suppressed ? "+" : "-") + change.scope);
    CHECK(changes == row.changes);
    CHECK(undo(store, row.which, start + 200) == 0);  // a second one finds nothing
  }
  // Of the three the middle one was forgotten: what comes back now is the first.
  suppress_all(store, {pair});
  (void)undo(store, policy, start + 300);
  suppress_all(store, {pair, global, manual});
  (void)undo(store, wave, start + 300);
  REQUIRE(store.replaced_suppressions(who)->size() == 1);
  (void)undo(store, by(&SuppressionFilter::source, "manual"), start + 300);
  CHECK((*store.suppression(who))->note == "pair");
  CHECK(store.replaced_suppressions(who)->empty());
}

void take_back_starts_the_counters_anew(Store& store) {
  add_mail(store, "m", {failure(std::string(address))});
  suppress_all(store, {made_by(std::string(address), "policy", "")});
  CHECK(undo(store, by(&SuppressionFilter::rule, "none/such"), start + 50) == 0);
  CHECK(undo(store, by(&SuppressionFilter::domain, "example.org"), start + 60) == 1);
  auto transaction = begin(store);
  const AddressHistory known = *transaction->history(std::string(address), 0);
  CHECK_FALSE(known.suppressed);
  CHECK(known.soft_reset_at == start + 60);
  CHECK(known.last_delivered_at == 0);
  CHECK(known.events.size() == 1);  // the evidence stays
  transaction.reset();
  const std::vector<ActOnAddress> acts = *store.acts_on(std::string(address));
  REQUIRE(acts.size() == 1);
  CHECK(acts[0].act.who == "anna");
  CHECK(acts[0].source == "policy");
  CHECK(changes_of(store).back().why == "gmail was wrong");
  // A removal by hand and an expiry leave nothing that could come back.
  suppress_all(store, {made_by(std::string(address), "policy", "sender.example"),
                       made_by(std::string(address), "policy", "")});
  REQUIRE(store.replaced_suppressions(std::string(address))->size() == 1);
  auto removal = begin(store);
  REQUIRE(*removal->unsuppress(std::string(address), "", start, false));
  REQUIRE(removal->commit());
  removal.reset();
  CHECK(store.replaced_suppressions(std::string(address))->empty());
}

void revoking_lets_the_counters_go_on(Store& store) {
  const std::string of(address);
  suppress_all(store, {made_by(of, "policy", "sender.example"), made_by(of, "policy", "")});
  SuppressionFilter by_person;
  by_person.source = "manual";
  auto transaction = begin(store);
  const ManualAct act = recorded(*transaction, act_at(start + 9, "reprocess"));
  CHECK_FALSE(*transaction->revoke(of, by_person, act));
  CHECK_FALSE(*transaction->revoke("stranger@example.org", {}, act));
  CHECK(*transaction->revoke(of, {}, act));
  CHECK(transaction->history(of, 0)->soft_reset_at == 0);
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(in_force(store) == std::map<std::string, std::string>{{of, "sender.example"}});
  CHECK(followed(store) == in_force(store));
  REQUIRE(store.acts_on(of)->size() == 1);
  CHECK(store.acts_on(of)->front().act == act);
}

void suppressions_are_chosen_for_an_undo(Store& store) {
  struct Made {
    const char *name, *provider, *vendor, *rule, *diagnostic, *batch, *source;
  };
  const std::vector<Made> rows{
      {"a", "google", "google", "google/no-such-user", "550-5.1.1 The email account does not exist", "",
       "policy"},
      {"b", "example.org", "", "phrase/unknown", "550 No Such User", "", "policy"},
      {"c", "", "google", "", "", "old-list", "import"},
      {"d", "", "", "", "", "", "manual"},
      {"e", "google", "google", "", "", "", "complaint"},
  };
  for (const Made& row : rows) {
    Suppression made = made_by(row.name + std::string("@example.org"), row.source, "", row.batch);
    made.provider = row.provider;
    made.vendor = row.vendor;
    made.rule = row.rule;
    made.diagnostic = row.diagnostic;
    suppress_all(store, {made});
    CHECK(**store.suppression(made.address) == made);
  }
  using Which = SuppressionFilter;
  const Which google = by(&Which::provider, "google");
  const std::vector<std::pair<Which, std::string>> cases{
      {{}, "abcde"},
      {google, "ace"},
      {by(&Which::provider, "example.org"), "b"},
      {by(&Which::provider, "nobody"), ""},
      {by(&Which::rule, "phrase/unknown"), "b"},
      {by(&Which::text, "no such USER"), "b"},
      {by(&Which::text, "5.1.1 the"), "a"},
      {by(&Which::batch, "old-list"), "c"},
      {by(&Which::with_manual, false, by(&Which::with_complaints, false, google)), "ac"},
      {by(&Which::with_manual, false), "abce"},
      {by(&Which::with_complaints, false), "abcd"},
      {by(&Which::after, "b@example.org"), "cde"},
      {by(&Which::after, "a@example.org", google), "ce"},
  };
  for (const auto& [which, expected] : cases) {
    std::string found;
    REQUIRE(store.suppressions(which, [&](const Suppression& row) { return found += row.address[0], true; }));
    CHECK(found == expected);
  }
}

/// Whatever was there: the suppressions that an import or a wave makes, taken back, leave it as it was, and
/// who follows the outbox believes what is in force.
void undo_after_do_restores(Store& store) {
  std::mt19937 random(1);
  const auto one_of = [&](std::initializer_list<const char*> words) {
    return std::string(*(words.begin() + random() % words.size()));
  };
  const auto random_rows = [&](const std::string& batch) {
    std::vector<Suppression> rows;
    for (int i = 0; i < 40; ++i) {
      rows.push_back(made_by("a" + std::to_string(random() % 30) + "@example.org",
                             one_of({"policy", "policy", "import", "manual", "complaint"}),
                             one_of({"", "", "sender.example", "other.example"}), batch));
      rows.back().reason = random() % 2 == 0 ? Reason::user_unknown : Reason::mailbox_full;
      rows.back().expires_at = random() % 4 == 0 ? start + 1'000'000 : 0;
    }
    return rows;
  };
  std::size_t taken = 0, were_new = 0;
  for (int round = 0; round < 12; ++round) {
    CAPTURE(round);
    suppress_all(store, random_rows("before " + std::to_string(round)));
    const std::vector<Suppression> before = suppressions_of(store);
    const std::string batch = "do " + std::to_string(round);
    suppress_all(store, random_rows(batch));
    const std::vector<Suppression> between = suppressions_of(store);
    taken += undo(store, by(&SuppressionFilter::batch, batch), start + round);
    CHECK(suppressions_of(store) == before);
    CHECK(undo(store, by(&SuppressionFilter::batch, batch), start + round) == 0);
    CHECK(followed(store) == in_force(store));
    were_new += between.size() - before.size();
    // Room for the next round.
    SuppressionFilter global = by(&SuppressionFilter::scope, Scope::global);
    global.with_complaints = round % 3 == 0;
    (void)undo(store, global, start + round);
    CHECK(followed(store) == in_force(store));
  }
  CHECK(taken > 50);
  CHECK(were_new < taken);  // some replaced others, and those came back
}

}  // namespace bounced::contract
