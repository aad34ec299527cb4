// From what a mail says to what the database keeps of it. Pure.
#pragma once

#include <optional>
#include <string>

#include "daemon/policy.hpp"
#include "parser/bounce_report.hpp"
#include "storage/records.hpp"

namespace bounced {

/// When the failure happened: the Date of the report, else the time it reached us, else its Arrival-Date
/// (when the original came to the reporting server, which may be days earlier). The first of them that is
/// after 1990 and not more than a day ahead of `now`; never later than `now`, which it is when none is.
UnixSeconds event_time(const BounceReport& report, UnixSeconds internal_date, UnixSeconds now);

/// Who answered: the vendor, else the organisational domain of the remote server, else that of the recipient.
std::string provider_of(const ReportedRecipient& recipient);

/// Writes the recipient's verdict into an event, from reason to provider, and wait_seconds; provider_of looks
/// at its address and remote_mta too. The evidence stays.
void set_verdict(BounceEvent& event, const ReportedRecipient& recipient);

/// What the report says of one recipient. The recipient's own action decides the kind: a report of a failure
/// may tell of deliveries and delays beside it.
BounceEvent event_of(const BounceReport& report, const ReportedRecipient& recipient, UnixSeconds at);

/// The rows that a decision makes of an event.
Suppression suppression_by(const Decision& decision, const BounceEvent& event, UnixSeconds now);
Retry retry_by(const Decision& decision, const BounceEvent& event);
/// The wording of a failure that no rule knows; none where a rule knows it, or where it has no words.
std::optional<UnknownTemplate> unknown_by(const BounceEvent& event, UnixSeconds now);
OperatorIssue issue_by(const BounceEvent& event, const Verdict& verdict, UnixSeconds now);

}  // namespace bounced
