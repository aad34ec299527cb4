#include "storage/memory_sendings.hpp"

#include <algorithm>

namespace bounced {

std::optional<SummarySending> memory_sending(const MemoryState& state, const std::string& night,
                                             const std::string& way) {
  const auto found = state.sendings.find({night, way});
  if (found == state.sendings.end()) return {};
  return found->second;
}

void memory_put_sending(MemoryState& state, UndoList& undo, const SummarySending& sending) {
  const MemoryState::SendingKey key{sending.night, sending.way};
  undo.keep(state.sendings, key);
  state.sendings[key] = sending;
}

void memory_note_sending_failure(MemoryState& state, UndoList& undo, const SendingFailure& failure) {
  undo.keep(state.sending_failures);
  state.sending_failures.push_back(failure);
}

std::vector<SummarySending> memory_sendings(const MemoryState& state) {
  std::vector<SummarySending> rows;
  for (const auto& [key, sending] : state.sendings) rows.push_back(sending);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const SummarySending& a, const SummarySending& b) { return a.night > b.night; });
  return rows;
}

void memory_note_retries(MemoryState& state, UndoList& undo, UnixSeconds at) {
  MemoryTraces::Retries now{at, 0, 0};
  for (const Retry& retry : memory_retries(state)) {
    ++now.pending;
    now.due += retry.retry_after <= at;
  }
  undo.keep(state.traces.retries);
  state.traces.retries.push_back(now);
}

}  // namespace bounced
