#include "tests/daemon/sync_world.hpp"

#include <doctest/doctest.h>

namespace bounced::testing {

std::vector<SyncReply> ScriptedTarget::deliver(std::span<const OutboxChange> changes) {
  batches.push_back(changes.size());
  if (!answers.empty()) {
    const Fate fate = answers.front();
    answers.pop_front();
    if (fate != Fate::done)
      return same_reply(changes.size(), {fate, {Exit::unavailable, "scripted", ""}, retry_after});
  }
  std::vector<SyncReply> replies;
  for (const OutboxChange& one : changes) {
    const auto scripted = answer_to.find(one.address);
    const Fate fate = scripted == answer_to.end() ? Fate::done : scripted->second;
    replies.push_back({fate, {Exit::data, fate == Fate::done ? "" : "not this one", ""}, retry_after});
    if (fate == Fate::done) heard.push_back({one.number, (one.suppressed ? "+" : "-") + one.address});
  }
  return replies;
}

std::vector<std::string> ScriptedTarget::words() const {
  std::vector<std::string> all;
  for (const Heard& one : heard) all.push_back(one.what);
  return all;
}

SyncScene::SyncScene() {
  settings.name = "lists";
  settings.type = "scripted";
  settings.retry_first = std::chrono::seconds(10);
  settings.retry_longest = std::chrono::seconds(1000);
}

void SyncScene::suppress(const std::string& address, Reason reason, const std::string& scope) {
  const auto transaction = contract::begin(*store);
  Suppression one = contract::suppression_of(address);
  one.reason = reason;
  one.scope = scope;
  one.event_id = 0;
  one.decided_at = now;
  REQUIRE(transaction->suppress(one));
  REQUIRE(transaction->commit());
}

void SyncScene::release(const std::string& address) {
  const auto transaction = contract::begin(*store);
  REQUIRE(transaction->unsuppress(address, "by hand", now, true).value());
  REQUIRE(transaction->commit());
}

TurnResult SyncScene::turn(Target& target, TurnLimits limits) {
  const SyncWorld world{[this] { return now; }, [this] { return chance; }, [this] { return stop; }};
  TargetSource source{[&]() -> Result<std::unique_ptr<Target>> {
    ++made;
    return std::unique_ptr<Target>(std::make_unique<Handle>(target));
  }};
  return sync_turn(settings, *store, source, world, limits);
}

SyncTarget SyncScene::state() { return store->sync().target("lists").value(); }

SyncAddress SyncScene::known_of(const std::string& address) {
  const auto known = store->sync().known_of(address);
  REQUIRE(known);
  REQUIRE(known->size() == 1);
  return known->front();
}

}  // namespace bounced::testing
