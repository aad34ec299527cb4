// What is to be told of a piece of the outbox. Pure.
#pragma once

#include <span>
#include <vector>

#include "daemon/sync/filter.hpp"

namespace bounced {

/// A change to be told: of several of one address the newest.
struct PlannedChange {
  OutboxChange change;
  SyncAddress before;             ///< what the target knew
  std::int64_t first_number = 0;  ///< of the oldest change of the address in the piece
  bool may_hold = false;          ///< the target may have a suppression of ours
};

/// Reduces changes in order of number to one for each address, in order of their own numbers. Left out is
/// what the target has been told or has refused already, what the filter does not want, and the end of a
/// suppression of which the target can't know: it was neither told nor stands in this piece, which may have
/// been told in a turn that was cut short.
std::vector<PlannedChange> plan_window(std::span<const SyncChange> window, const Filter& filter);

}  // namespace bounced
