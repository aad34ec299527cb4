// From a verdict and a history to a decision: pure. Defaults and their sources stand in policy.cpp.
#pragma once

#include <string>

#include "config/settings.hpp"
#include "storage/records.hpp"

namespace bounced {

enum class Outcome : std::uint8_t {
  suppress,
  count,
  retry,
  alert,
  ignore,
  refused
};  ///< refused = the address is on the never-suppress list

struct Decision {
  Outcome outcome = Outcome::ignore;
  UnixSeconds retry_after = 0;      ///< when to mail again; 0 = not at all
  UnixSeconds slow_down_until = 0;  ///< for the provider; 0 = no slow-down
  UnixSeconds expires_at = 0;       ///< of a suppression; 0 = never
  int counted = 0;                  ///< events that count towards the threshold, this one included
  int threshold = 0;
  std::string arithmetic;  ///< "3 of 3 mailbox_full on 3 days within 30 days"
};

/// Decides about one event (not yet in `history`). `now` only bounds windows; everything else comes from the
/// arguments.
Decision decide(const BounceEvent& event, const AddressHistory& history, const PolicySettings& policy,
                UnixSeconds now);

/// How far back `decide` looks: the longest window of any threshold.
UnixSeconds history_since(const PolicySettings& policy, UnixSeconds now);

}  // namespace bounced
