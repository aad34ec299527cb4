#include "daemon/retry_schedule.hpp"

#include <algorithm>
#include <array>

namespace bounced {
namespace {

constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

// Sources: published waits of receivers – Mimecast greylisting 1 min to 12 h, Barracuda's caches 5 to 90 min,
// Exchange Online 5.2.121/122 and GoDaddy one hour, Facebook 1 to 48 h by severity, Cox block list 24 h – and
// RFC 5321 4.5.4.1 (30 minutes between attempts, give up after 4 to 5 days).
constexpr std::array<RetrySchedule, reason_table.size()> schedules{{
    // A second failure settles these: no earlier than the spacing that `confirm` wants.
    {Reason::user_unknown, day, 7 * day, 3},
    {Reason::domain_unknown, day, 7 * day, 3},
    {Reason::address_syntax, day, 7 * day, 2},
    {Reason::mailbox_disabled, day, 7 * day, 3},
    // The recipient's own doing: days, not hours.
    {Reason::mailbox_suspended, 3 * day, 14 * day, 4},
    {Reason::mailbox_full, day, 7 * day, 6},
    {Reason::recipient_flooded, hour, day, 6},
    // Only the recipient's side can change its mind.
    {Reason::restricted_recipient, 7 * day, 30 * day, 3},
    {Reason::recipient_blocklist, 7 * day, 30 * day, 3},
    {Reason::org_policy, 7 * day, 30 * day, 3},
    // Ours to mend; a wait only where a rule says that it passes.
    {Reason::ip_blocklisted, day, 7 * day, 4},
    {Reason::ip_blocked, day, 7 * day, 4},
    {Reason::domain_reputation, day, 7 * day, 4},
    {Reason::spf_fail, day, 7 * day, 3},
    {Reason::dmarc_fail, day, 7 * day, 3},
    {Reason::auth_required, day, 7 * day, 3},
    {Reason::dns_identity, day, 7 * day, 3},
    {Reason::sender_address_invalid, day, 7 * day, 3},
    {Reason::tls_required, day, 7 * day, 3},
    {Reason::relay_denied, 3 * day, 14 * day, 3},
    {Reason::sender_account, day, 7 * day, 3},
    // The message, not the address: another message may go at any time.
    {Reason::spam_content, day, 7 * day, 2},
    {Reason::malicious_content, day, 7 * day, 2},
    {Reason::malformed_message, day, 7 * day, 2},
    {Reason::message_too_large, day, 7 * day, 2},
    // Passing.
    {Reason::rate_limited, hour, day, 8},
    {Reason::greylisted, 15 * minute, 12 * hour, 8},
    {Reason::system_error, hour, day, 8},
    {Reason::system_misconfig, 3 * day, 14 * day, 3},
    {Reason::dns_failure, 2 * hour, 2 * day, 8},
    {Reason::connect_failed, 2 * hour, 2 * day, 8},
    {Reason::expired, day, 4 * day, 5},
    {Reason::provider_suppressed, 7 * day, 30 * day, 2},
    {Reason::complaint, 0, 0, 0},
    {Reason::not_a_bounce, 0, 0, 0},
    {Reason::unclassified, 4 * hour, 4 * day, 6},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < schedules.size(); ++i)
    if (static_cast<std::size_t>(schedules[i].reason) != i) return false;
  return true;
}
static_assert(in_order(), "schedules follow the order of enum Reason");

}  // namespace

const RetrySchedule& retry_schedule(Reason reason) { return schedules[static_cast<std::size_t>(reason)]; }

std::int64_t retry_wait(Reason reason, int attempt, std::int64_t vendor_seconds) {
  constexpr int most_doublings = 20;
  const RetrySchedule& schedule = retry_schedule(reason);
  const int doublings = std::clamp(attempt - 1, 0, most_doublings);
  const std::int64_t grown = std::min(schedule.first_seconds << doublings, schedule.most_seconds);
  if (vendor_seconds <= 0) return grown;
  return attempt <= 1 ? vendor_seconds : std::max(vendor_seconds, grown);
}

bool slows_down(Reason reason) {
  return reason == Reason::rate_limited || facts(reason).category == Category::reputation;
}

}  // namespace bounced
