// Retries, in the store in memory.
#pragma once

#include "storage/memory_state.hpp"
#include "storage/memory_undo_list.hpp"

namespace bounced {

/// Transaction::put_retry, drop_retry and finish_retry.
void memory_put_retry(MemoryState& state, UndoList& undo, const Retry& retry);
void memory_drop_retry(MemoryState& state, UndoList& undo, const std::string& address);
RetryMark memory_finish_retry(MemoryState& state, UndoList& undo, const std::string& address, UnixSeconds at,
                              bool early);
/// What AddressHistory tells of the retry of an address.
void memory_tell_retry(const MemoryState& state, const std::string& address, AddressHistory& known);

}  // namespace bounced
