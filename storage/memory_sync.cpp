#include "storage/memory_sync.hpp"

#include <algorithm>

namespace bounced {

std::string list_of_event(const MemoryState& state, std::int64_t event_id) {
  const bool known = event_id >= 1 && event_id <= static_cast<std::int64_t>(state.events.size());
  return known ? state.events[static_cast<std::size_t>(event_id - 1)].list_id : "";
}

std::vector<SyncAddress> MemorySync::refused_by(const std::string& target) const {
  std::vector<SyncAddress> found;
  for (const auto& [key, known] : state_.sync_addresses)
    if (key.second == target && known.state != SyncState::done) found.push_back(known);
  std::sort(found.begin(), found.end(),
            [](const SyncAddress& a, const SyncAddress& b) { return a.number < b.number; });
  return found;
}

SyncTarget MemorySync::counted(SyncTarget target) const {
  target.behind = target.waiting = target.dead = target.oldest_behind = 0;
  for (const OutboxChange& change : state_.outbox) {
    if (change.number <= target.cursor) continue;
    if (++target.behind == 1) target.oldest_behind = change.at;
  }
  for (const SyncAddress& one : refused_by(target.name))
    ++(one.state == SyncState::waiting ? target.waiting : target.dead);
  return target;
}

Result<SyncTarget> MemorySync::target(const std::string& name) {
  const auto found = state_.sync_targets.find(name);
  return counted(found == state_.sync_targets.end() ? SyncTarget{.name = name} : found->second);
}

Result<std::vector<SyncTarget>> MemorySync::targets() {
  std::vector<SyncTarget> found;
  for (const auto& [name, target] : state_.sync_targets) found.push_back(counted(target));
  return found;
}

Result<std::int64_t> MemorySync::last_change() { return static_cast<std::int64_t>(state_.outbox.size()); }

Result<std::vector<SyncChange>> MemorySync::changes_for(const std::string& target, std::int64_t after,
                                                        int limit) {
  std::vector<SyncChange> found;
  for (const OutboxChange& change : state_.outbox) {
    if (change.number <= after) continue;
    if (static_cast<int>(found.size()) == limit) break;
    SyncAddress before{.target = target, .address = change.address};
    if (const auto known = state_.sync_addresses.find({change.address, target});
        known != state_.sync_addresses.end())
      before = known->second;
    found.push_back({change, before});
  }
  return found;
}

Result<std::vector<SyncChange>> MemorySync::waiting_for(const std::string& target, UnixSeconds due_at,
                                                        int limit) {
  std::vector<SyncChange> found;
  for (const SyncAddress& one : refused_by(target))
    if (one.state == SyncState::waiting && one.next_try_at <= due_at &&
        static_cast<int>(found.size()) < limit)
      found.push_back({state_.outbox.at(static_cast<std::size_t>(one.number - 1)), one});
  return found;
}

Result<UnixSeconds> MemorySync::next_waiting(const std::string& target) {
  UnixSeconds next = 0;
  for (const SyncAddress& one : refused_by(target))
    if (one.state == SyncState::waiting && (next == 0 || one.next_try_at < next)) next = one.next_try_at;
  return next;
}

Result<void> MemorySync::write(const SyncProgress& progress) {
  if (transaction_open_) return fail(Exit::internal, "a write of the sync state within a transaction");
  state_.sync_targets[progress.target.name] = progress.target;
  for (const SyncAddress& one : progress.addresses) {
    if (!state_.addresses.contains(one.address)) continue;
    SyncAddress& known = state_.sync_addresses[{one.address, progress.target.name}];
    known = one;
    known.target = progress.target.name;
  }
  return {};
}

Result<void> MemorySync::replay(const std::string& target, std::int64_t from) {
  if (transaction_open_) return fail(Exit::internal, "a write of the sync state within a transaction");
  SyncTarget& known = state_.sync_targets[target];
  known.name = target;
  known.cursor = from - 1;
  known.disabled = false;
  known.failures = 0;
  known.next_try_at = 0;
  for (auto& [key, one] : state_.sync_addresses) {
    if (key.second != target || one.number < from) continue;
    one.number = from - 1;
    one.state = SyncState::done;
    one.attempts = 0;
    one.next_try_at = 0;
    one.words.clear();
  }
  return {};
}

Result<void> MemorySync::refused(const std::string& target,
                                 const std::function<bool(const SyncAddress&)>& each) {
  for (const SyncAddress& one : refused_by(target))
    if (!each(one)) break;
  return {};
}

Result<std::vector<SyncAddress>> MemorySync::known_of(const std::string& address) {
  std::vector<SyncAddress> found;
  for (auto one = state_.sync_addresses.lower_bound({address, ""});
       one != state_.sync_addresses.end() && one->first.first == address; ++one)
    found.push_back(one->second);
  return found;
}

Result<std::optional<OutboxChange>> MemorySync::last_change_of(const std::string& address) {
  std::optional<OutboxChange> found;
  for (const OutboxChange& change : state_.outbox)
    if (change.address == address) found = change;
  return found;
}

}  // namespace bounced
