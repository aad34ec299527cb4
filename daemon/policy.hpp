// From a verdict and a history to a decision: pure.
//
//   kind, action          what it is about       counter          decided by
//   complaint             the address            –                suppress at once
//   bounce, strong        the address            address          count of its reason, `confirm` spacing
//   bounce, weak          the address            soft             3 on distinct days
//   bounce                mailbox_full           mailbox_full     5 on distinct days
//   bounce                other soft failures    soft             3 on distinct days, all of them together
//   bounce                this sender only       pair             3 on distinct days, for each sender domain
//   bounce                us or the message      none             operator issue
//   bounce                passing                none             retry, slow-down
//   delayed               any                    none             slow-down, operator issue
//   all others            –                      –                nothing
//   distrusted, any       –                      –                nothing
//
// The thresholds are PolicySettings (their defaults and sources: config/settings_defaults.cpp); the waiting
// times stand in daemon/retry_schedule.cpp.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "storage/records.hpp"

namespace bounced {

enum class Outcome : std::uint8_t {
  suppress,    ///< stop mailing the address; also when it is suppressed already and this says so again
  count,       ///< kept, and counts towards a suppression (or would, but is too old)
  retry,       ///< passing: mail again
  alert,       ///< about us or the message: the operator is told
  ignore,      ///< nothing follows
  refused,     ///< would suppress, but the address is on the never-suppress list
  distrusted,  ///< forged, or not sure enough to be about a mail of ours: nothing follows
  held,        ///< would suppress, but belongs to a wave that waits for a person's word (daemon/breaker)
};
inline constexpr std::array<std::string_view, 8> outcome_names{"suppress", "count",   "retry",      "alert",
                                                               "ignore",   "refused", "distrusted", "held"};
constexpr std::string_view to_string(Outcome value) { return outcome_names[static_cast<std::size_t>(value)]; }

struct Decision {
  Outcome outcome = Outcome::ignore;
  UnixSeconds retry_after = 0;      ///< when to mail again; 0 = not at all
  int attempts = 0;                 ///< failures in a row that the retry answers; 1 for the first
  UnixSeconds retry_as_of = 0;      ///< the newest failure that the retry answers
  UnixSeconds slow_down_until = 0;  ///< for the provider; 0 = no slow-down
  UnixSeconds expires_at = 0;       ///< of a suppression; 0 = never
  bool issue = false;               ///< to be counted in an operator issue
  std::string source;               ///< of a suppression: "policy", "complaint"
  std::string scope;                ///< of a suppression, as Suppression::scope
  int counted = 0;                  ///< events that count towards the threshold, this one included
  int threshold = 0;
  UnixSeconds first_seen = 0, last_seen = 0;  ///< of the events counted
  std::string arithmetic;                     ///< a sentence: "3 of 3 mailbox_full on 3 days within 30 days"
};

/// Decides about one event (not yet in `history`). Events may come in any order: each is judged by the window
/// around it. `now` tells only what is over already: an expiry, a retry, a slow-down.
Decision decide(const BounceEvent& event, const AddressHistory& history, const PolicySettings& policy,
                UnixSeconds now);

/// How far back `decide` looks from an event that happened at `at`: the longest window of any threshold.
UnixSeconds history_since(const PolicySettings& policy, UnixSeconds at);

}  // namespace bounced
