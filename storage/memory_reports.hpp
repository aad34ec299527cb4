// Operator issues, slow-downs and unknown replies, in the store in memory.
#pragma once

#include "storage/memory_state.hpp"
#include "storage/memory_undo_list.hpp"

namespace bounced {

/// Transaction::report_issue.
void memory_report_issue(MemoryState& state, UndoList& undo, const OperatorIssue& occurrence);
/// Transaction::set_issue_state and close_quiet_issues.
bool memory_set_issue_state(MemoryState& state, UndoList& undo, std::int64_t id, const std::string& name,
                            UnixSeconds at);
std::int64_t memory_close_quiet_issues(MemoryState& state, UndoList& undo, UnixSeconds quiet_since,
                                       UnixSeconds at);
/// Transaction::slow_down.
void memory_slow_down(MemoryState& state, UndoList& undo, const ProviderSlowdown& slowdown);
/// Transaction::note_unknown.
void memory_note_unknown(MemoryState& state, UndoList& undo, const UnknownTemplate& occurrence);

}  // namespace bounced
