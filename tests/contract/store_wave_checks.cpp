// The contract of a store: what the circuit breaker counts, waves, and held suppressions.
#include <doctest/doctest.h>

#include "tests/contract/store_checks.hpp"
#include "tests/contract/store_world.hpp"

namespace bounced::contract {
namespace {

const std::string address = "a@example.org";

Wave wave_of(const std::string& name, WaveKind kind = WaveKind::provider) {
  Wave wave;
  wave.kind = kind;
  wave.name = name;
  wave.first_at = start;
  wave.last_at = start + 599;
  wave.tripped_at = start + 700;
  wave.count = 3;
  wave.bound = 2;
  wave.usual = 1;
  wave.sample = "550 no such user";
  return wave;
}

std::vector<Hold> holds_of(Store& store, const HoldFilter& filter = {}) {
  std::vector<Hold> rows;
  REQUIRE(store.holds(filter, [&](const Hold& row) { return rows.push_back(row), true; }));
  return rows;
}

/// Adds an event and the suppression that it leads to.
Suppression suppressed(Transaction& transaction, const std::string& of, UnixSeconds at,
                       const std::string& provider, const std::string& content) {
  REQUIRE(
      *transaction.journal(mail_row("returns", 1, static_cast<std::uint32_t>(at - start) + 100, content)));
  BounceEvent event = failure(of);
  event.at = at;
  event.provider = provider;
  event.outcome = "suppress";
  const auto id = transaction.add_event(event);
  REQUIRE(id);
  Suppression made = suppression_of(of);
  made.event_id = *id;
  made.provider = provider;
  made.diagnostic = event.diagnostic;
  made.decided_at = at + 5;
  REQUIRE(transaction.suppress(made));
  return made;
}

ManualAct recorded(Transaction& transaction, const std::string& what, UnixSeconds at) {
  ManualAct act{0, at, what, "anna", "asked them", "wave 1"};
  const auto id = transaction.record_act(act);
  REQUIRE(id);
  act.id = *id;
  return act;
}

BounceEvent event_of(Store& store, const std::string& of) {
  const auto events = events_of(store, of);
  REQUIRE(events.size() == 1);
  return events[0];
}

std::int64_t wave_in_history(Store& store, const std::string& of) {
  const auto history = begin(store)->history(of, 0);
  REQUIRE(history);
  REQUIRE(history->events.size() == 1);
  return history->events[0].wave;
}

}  // namespace

void verdicts_are_counted_by_slot(Store& store) {
  auto transaction = begin(store);
  const auto count = [&](WaveKind kind, const std::string& name, VerdictCount more, UnixSeconds now = start) {
    REQUIRE(transaction->count_verdicts(kind, name, more, now));
  };
  CHECK(transaction->verdict_counts(WaveKind::provider, "google")->empty());
  count(WaveKind::provider, "google", {70, 2, 0});
  count(WaveKind::provider, "google", {-3, 1, 0});
  count(WaveKind::provider, "google", {70, -1, 5});
  count(WaveKind::provider, "google", {71, -9, -9});
  count(WaveKind::text, "google", {70, 100, 0});
  count(WaveKind::provider, "goog", {70, 100, 0});
  CHECK(*transaction->verdict_counts(WaveKind::provider, "google") ==
        std::vector<VerdictCount>{{-3, 1, 0}, {70, 1, 5}, {71, 0, 0}});
  const std::int64_t old = start / slot_seconds;
  count(WaveKind::provider, "kept", {old, 1, 0}, start);           // its time is not over
  count(WaveKind::provider, "kept", {old - 10, 1, 0}, start);      // its time is, but it was written later
  count(WaveKind::provider, "kept", {old - 20, 1, 0}, start - 5);  // forgotten
  REQUIRE(transaction->forget_verdict_counts(start));
  CHECK(*transaction->verdict_counts(WaveKind::provider, "kept") ==
        std::vector<VerdictCount>{{old - 10, 1, 0}, {old, 1, 0}});
  REQUIRE(transaction->forget_verdict_counts(start + 10 * slot_seconds));
  CHECK(transaction->verdict_counts(WaveKind::provider, "google")->empty());
  REQUIRE(transaction->commit());
}

void waves_come_back_as_they_went(Store& store) {
  auto transaction = begin(store);
  Wave google = wave_of("google"), words = wave_of("550 no such user", WaveKind::text), again = google;
  google.id = *transaction->put_wave(google);
  words.id = *transaction->put_wave(words);
  again.id = *transaction->put_wave(again);
  CHECK(*transaction->waves_of(WaveKind::provider, "google") == std::vector<Wave>{google, again});
  CHECK(transaction->waves_of(WaveKind::text, "google")->empty());
  google.first_at -= 600;
  google.last_at += 600;
  google.count = 9;
  google.told_at = start + 800;
  CHECK(*transaction->put_wave(google) == google.id);
  Wave stale = google;
  stale.told_at = 0;  // somebody who read it before: it was told all the same
  REQUIRE(transaction->put_wave(stale));
  REQUIRE(transaction->close_wave(again.id, "released", start + 900));
  again.state = "released";
  again.decided_at = start + 900;
  REQUIRE(transaction->commit());
  transaction.reset();
  CHECK(*store.waves("") == std::vector<Wave>{again, words, google});
  CHECK(*store.waves("open") == std::vector<Wave>{words, google});
  CHECK(*store.waves("released") == std::vector<Wave>{again});
  CHECK(store.waves("no such state")->empty());
  const auto told_of = [&](UnixSeconds from, UnixSeconds until) {
    return store.summary(from, until)->waves.size();
  };
  CHECK(told_of(0, start + 700) == 0);           // noticed after the range
  CHECK(told_of(start + 900, long_after) == 3);  // open ones always, decided ones in their range
  CHECK(told_of(start + 901, long_after) == 2);
}

void what_a_wave_made_becomes_held(Store& store) {
  auto transaction = begin(store);
  Suppression lesser = suppression_of(address);
  lesser.scope = "sender.example";
  lesser.event_id = 0;
  REQUIRE(transaction->suppress(lesser));
  const Suppression made = suppressed(*transaction, address, start + 10, "google", "1");
  suppressed(*transaction, "b@example.org", start + 20, "google", "2");
  suppressed(*transaction, "early@example.org", start - 1, "google", "3");
  suppressed(*transaction, "late@example.org", start + 600, "google", "4");
  suppressed(*transaction, "other@example.org", start + 30, "microsoft", "5");
  suppressed(*transaction, "refused@example.org", start + 30, "google", "6");
  suppressed(*transaction, "angry@example.org", start + 30, "google", "7");
  Suppression complaint = suppression_of("angry@example.org");
  complaint.source = "complaint";
  REQUIRE(transaction->suppress(complaint));
  const std::int64_t wave = *transaction->put_wave(wave_of("google"));
  const auto held = transaction->hold_made(wave, "google", start, start + 600, start + 700,
                                           [](const Suppression& one) { return one.address[0] != 'r'; });
  REQUIRE(held);
  CHECK(*held ==
        std::vector<Hold>{{wave, start + 10, made}, holds_of(store, {.address = "b@example.org"}).at(0)});
  const auto any = transaction->hold_made(wave, "", start + 25, start + 35, start + 700,
                                          [](const Suppression& one) { return one.address[0] == 'o'; });
  CHECK(any->size() == 1);
  REQUIRE(transaction->commit());
  transaction.reset();

  CHECK(store.waves("")->at(0).held == 3);
  CHECK((*store.suppression(address))->scope == "sender.example");  // what it had replaced
  CHECK_FALSE(store.suppression("b@example.org")->has_value());
  for (const char* kept :
       {"early@example.org", "late@example.org", "refused@example.org", "angry@example.org"})
    CHECK_MESSAGE(store.suppression(kept)->has_value(), kept);
  CHECK(event_of(store, address).wave == wave);
  CHECK(event_of(store, address).outcome == "held");
  CHECK(wave_in_history(store, address) == wave);
  CHECK(event_of(store, "late@example.org").wave == 0);
  std::string told;
  for (const OutboxChange& change : changes_of(store))
    if (change.address == "b@example.org") told += change.suppressed ? "+" : "-";
  CHECK(told == "+-");
}

void held_suppressions_are_settled(Store& store) {
  auto transaction = begin(store);
  const std::int64_t wave = *transaction->put_wave(wave_of("google"));
  const std::int64_t other = *transaction->put_wave(wave_of("microsoft"));
  const auto hold = [&](std::int64_t in, const std::string& of, UnixSeconds expires_at = 0) {
    REQUIRE(*transaction->journal(mail_row("returns", 1, 1, of + std::to_string(in))));
    BounceEvent event = failure(of);
    event.wave = in;
    Suppression one = suppression_of(of);
    one.event_id = *transaction->add_event(event);
    one.provider = in == wave ? "google" : "microsoft";
    one.expires_at = expires_at;
    REQUIRE(transaction->hold({in, start, one}));
    return one;
  };
  const Suppression first = hold(wave, address);
  Suppression again = first;
  again.last_seen = start + 60;
  again.note = "another";
  REQUIRE(transaction->hold({wave, start + 60, again}));
  hold(wave, "gone@example.org");
  hold(wave, "over@example.org", start + 100);
  hold(wave, "reached@example.org");
  hold(other, "z@example.org");
  REQUIRE(transaction->delivered("reached@example.org", start + 50));
  REQUIRE(transaction->commit());
  transaction.reset();

  Suppression kept = first;
  kept.last_seen = start + 60;  // else the first one stays
  CHECK(holds_of(store, {.wave = wave, .address = address}) == std::vector<Hold>{{wave, start, kept}});
  CHECK(holds_of(store).size() == 5);
  CHECK(holds_of(store, {.wave = wave}).size() == 4);
  CHECK(holds_of(store, {.provider = "microsoft"}).size() == 1);
  CHECK(holds_of(store, {.address = "nobody@example.org"}).empty());
  CHECK(holds_of(store, {.after_wave = wave, .after_address = "over@example.org"}).size() == 2);
  CHECK(store.waves("")->at(1).held == 4);

  transaction = begin(store);
  CHECK(*transaction->last_act() == 0);
  const ManualAct release = recorded(*transaction, "release", start + 1000);
  CHECK(*transaction->last_act() == release.id);
  CHECK(*transaction->release(wave, address, release));
  CHECK_FALSE(*transaction->release(wave, address, release));
  CHECK_FALSE(*transaction->release(wave, "over@example.org", release));     // its time would be over
  CHECK_FALSE(*transaction->release(wave, "reached@example.org", release));  // a delivery came since
  CHECK_FALSE(*transaction->release(other, "gone@example.org", release));
  const ManualAct discard = recorded(*transaction, "discard", start + 1001);
  CHECK(*transaction->discard(wave, "gone@example.org", discard));
  CHECK_FALSE(*transaction->discard(wave, "gone@example.org", discard));
  REQUIRE(transaction->close_wave(wave, "released", start + 1002));
  REQUIRE(transaction->commit());
  transaction.reset();

  Suppression made = kept;
  made.decided_at = start + 1000;
  CHECK(suppressions_of(store) == std::vector<Suppression>{made});
  CHECK(holds_of(store).size() == 1);
  CHECK(wave_in_history(store, address) == 0);
  CHECK(wave_in_history(store, "gone@example.org") == -wave);  // for good, though its wave was released
  CHECK(wave_in_history(store, "z@example.org") == other);
  const auto acts = *store.acts_on("gone@example.org");
  REQUIRE(acts.size() == 1);
  CHECK(acts[0].act == discard);
  CHECK(acts[0].reason == Reason::user_unknown);
  CHECK(acts[0].decided_at == start);
  CHECK(store.acts_on(address)->at(0).act == release);
}

void waves_roll_back(Store& store) {
  const World before = world_of(store);
  {
    auto transaction = begin(store);
    suppressed(*transaction, address, start + 10, "google", "1");
    const std::int64_t wave = *transaction->put_wave(wave_of("google"));
    REQUIRE(transaction->count_verdicts(WaveKind::provider, "google", {70, 2, 0}, start));
    const auto all = [](const Suppression&) { return true; };
    REQUIRE(transaction->hold_made(wave, "google", start, start + 600, start + 700, all)->size() == 1);
    REQUIRE(*transaction->release(wave, address, recorded(*transaction, "release", start + 800)));
    REQUIRE(transaction->close_wave(wave, "released", start + 800));
  }
  CHECK(world_of(store) == before);
  CHECK(store.waves("")->empty());
  CHECK(holds_of(store).empty());
  CHECK(events_of(store, address).empty());
  auto transaction = begin(store);
  CHECK(transaction->verdict_counts(WaveKind::provider, "google")->empty());
  CHECK(*transaction->last_act() == 0);
}

}  // namespace bounced::contract
