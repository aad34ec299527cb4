// What the policy makes of all that was reported of one address, from the first event to the last: for other
// rules and other settings than those that were in force when the events came. Pure.
#pragma once

#include <optional>
#include <vector>

#include "daemon/policy.hpp"
#include "storage/records.hpp"

namespace bounced {

/// Where an address stands after its last event.
struct Standing {
  std::optional<Suppression>
      suppression;                    ///< by the policy, or for a complaint; decided at the replay's `now`
  std::vector<BounceEvent> events;    ///< those of the record, with the outcomes of this replay
  Decision last;                      ///< on the newest event by time; a default one when there is none
  std::optional<BounceEvent> newest;  ///< that event

  [[nodiscard]] bool suppressed() const { return suppression.has_value(); }
};

/// Decides about every event of the record, in the order in which they came. Counters that a person reset
/// stay reset; deliveries reset them where they came. What people suppressed is not part of it.
Standing replay(const AddressRecord& record, const PolicySettings& policy, UnixSeconds now);

}  // namespace bounced
