// Which failures add up, and whether they are enough: the counting part of the policy. Pure.
#pragma once

#include <optional>
#include <string>

#include "config/settings.hpp"
#include "storage/records.hpp"

namespace bounced {

/// Failures that add up with each other, and with no others.
enum class Counter : std::uint8_t {
  none,
  address,       ///< strong word that the address is dead
  mailbox_full,  ///< its own, as it is the most often mended
  soft,          ///< all other failures of the recipient's side, weak word of a dead address among them
  pair,          ///< the recipient refuses this sender; one counter for each sender domain
};

Counter counter_of(const BounceEvent& event);

/// Who the recipient refuses, for Counter::pair: the domain of the original's From, else its list; ""
/// unknown.
std::string sender_of(const BounceEvent& event);

/// The threshold in force for an event on its counter, overrides included.
Threshold threshold_for(const BounceEvent& event, const PolicySettings& policy);

/// "; by the override for domain example.com": those that give a part of the threshold; "" = none.
std::string overrides_text(const BounceEvent& event, const PolicySettings& policy);

/// When the first report of the same kind came that bears the same signature, where there was one before: a
/// signature is that of one day's mails to one recipient, so that what bears it again tells of the same, or
/// is a replay with another date.
std::optional<UnixSeconds> first_with_signature(const BounceEvent& event, const AddressHistory& history);

/// The count that stands with an event: the fullest window around it. Failures of one second count once: they
/// are one mail that names an address several times.
struct Tally {
  int count = 0;   ///< failures that weigh something
  int weight = 0;  ///< what they add up to, in hundredths of a failure
  int days = 0;    ///< distinct, in UTC
  UnixSeconds first = 0, last = 0;
  bool reached = false;
  bool spaced = false;  ///< another failure is at least confirm_spacing away from this one
};
Tally tally(const BounceEvent& event, const AddressHistory& history, const Threshold& threshold,
            const PolicySettings& policy);

/// "3 of 5 mailbox_full on 3 days within 30 days"; "1.5 of 3 soft failures (expired now; 3 by their weights)
/// on …".
std::string tally_text(const BounceEvent& event, const Tally& tally, const Threshold& threshold);

}  // namespace bounced
