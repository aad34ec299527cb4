#include "storage/memory_retries.hpp"

#include <algorithm>

namespace bounced {

void memory_put_retry(MemoryState& state, UndoList& undo, const Retry& retry) {
  undo.keep(state.addresses, retry.address);
  const auto [entry, is_new] = state.addresses.try_emplace(retry.address);
  if (is_new) entry->second.as_written = retry.address;
  undo.keep(state.retries, retry.address);
  state.retries[retry.address] = retry;
}

void memory_drop_retry(MemoryState& state, UndoList& undo, const std::string& address) {
  undo.keep(state.retries, address);
  state.retries.erase(address);
}

RetryMark memory_finish_retry(MemoryState& state, UndoList& undo, const std::string& address, UnixSeconds at,
                              bool early) {
  const auto found = state.retries.find(address);
  const RetryMark mark = mark_of(found == state.retries.end() ? nullptr : &found->second, at, early);
  if (mark != RetryMark::marked) return mark;
  undo.keep(state.retries, address);
  found->second.done_at = at;
  return mark;
}

void memory_tell_retry(const MemoryState& state, const std::string& address, AddressHistory& known) {
  const auto found = state.retries.find(address);
  if (found == state.retries.end()) return;
  known.retry_attempts = found->second.attempts;
  known.last_retry_at = found->second.decided_at;
  known.retry_done_at = found->second.done_at;
  known.retry_after = known.retry_done_at == 0 ? found->second.retry_after : 0;
}

std::vector<Retry> memory_retries(const MemoryState& state) {
  std::vector<Retry> rows;
  for (const auto& [address, retry] : state.retries)
    if (retry.done_at == 0) rows.push_back(retry);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Retry& a, const Retry& b) { return a.retry_after < b.retry_after; });
  return rows;
}

}  // namespace bounced
