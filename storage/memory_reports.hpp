// Operator issues and unknown replies, in the store in memory.
#pragma once

#include "storage/memory_state.hpp"
#include "storage/memory_undo_list.hpp"

namespace bounced {

/// Transaction::report_issue.
void memory_report_issue(MemoryState& state, UndoList& undo, const OperatorIssue& occurrence);
/// Transaction::note_unknown.
void memory_note_unknown(MemoryState& state, UndoList& undo, const UnknownTemplate& occurrence);

}  // namespace bounced
