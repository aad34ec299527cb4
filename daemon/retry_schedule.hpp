// When to mail an address again, and for how long to send slower to a provider.
#pragma once

#include "storage/records.hpp"

namespace bounced {

struct RetrySchedule {
  Reason reason;
  std::int64_t first_seconds;  ///< after the first failure; doubles with each further one
  std::int64_t most_seconds;
  int attempts;  ///< failures in a row after which nobody tries again for this message
};

/// The schedule of a reason; every reason has one.
const RetrySchedule& retry_schedule(Reason reason);

/// The wait after failure number `attempt` (from 1). A vendor's own waiting time (0 = not told) is the first
/// wait, and the least of the later ones.
std::int64_t retry_wait(Reason reason, int attempt, std::int64_t vendor_seconds);

/// True where the cause is the provider's view of us, so that others there would meet it too.
bool slows_down(Reason reason);

}  // namespace bounced
