// Pages of the summary on their way, and the traces that summaries read, in the store in memory.
#pragma once

#include <optional>

#include "storage/memory_state.hpp"
#include "storage/memory_undo_list.hpp"

namespace bounced {

/// Transaction::summary_sending, put_summary_sending, note_sending_failure; Store::summary_sendings.
std::optional<SummarySending> memory_sending(const MemoryState& state, const std::string& night,
                                             const std::string& way);
void memory_put_sending(MemoryState& state, UndoList& undo, const SummarySending& sending);
void memory_note_sending_failure(MemoryState& state, UndoList& undo, const SendingFailure& failure);
std::vector<SummarySending> memory_sendings(const MemoryState& state);

/// Transaction::note_retries.
void memory_note_retries(MemoryState& state, UndoList& undo, UnixSeconds at);

}  // namespace bounced
