#include "daemon/policy.hpp"

#include <algorithm>

#include "daemon/policy_counting.hpp"
#include "daemon/policy_overrides.hpp"
#include "daemon/retry_schedule.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

constexpr UnixSeconds day_seconds = 24 * 60 * 60;
/// A retry that was due longer ago than this isn't asked for: it comes from an old mail, and the mailings
/// since then have tried the address. As long as mail servers keep trying (RFC 5321 4.5.4.1: 4 to 5 days).
constexpr UnixSeconds retry_is_stale_after = 5 * day_seconds;
/// A failure so long after the last one begins a new row of attempts.
constexpr UnixSeconds attempts_forgotten_after = 30 * day_seconds;

bool is_about_us(const BounceEvent& event) {
  return event.fault == Fault::sender || event.fault == Fault::content || event.advice == Advice::alert;
}

/// True when a suppression that is there already holds for the sender of this event.
bool is_suppressed(const BounceEvent& event, const AddressHistory& history) {
  return history.suppressed &&
         (history.suppression_scope.empty() || history.suppression_scope == sender_of(event));
}

/// When to mail again.
void add_retry(Decision& decision, const BounceEvent& event, const AddressHistory& history, UnixSeconds now) {
  if (is_suppressed(event, history)) return;
  const bool in_a_row =
      history.retry_attempts > 0 && event.at - history.last_retry_at < attempts_forgotten_after;
  const bool is_newest = event.at > history.last_retry_at;
  if (!is_newest && history.retry_done_at != 0) {
    decision.arithmetic += "; mailed again since, on " + rfc3339(history.retry_done_at);
    return;
  }
  decision.attempts = in_a_row ? history.retry_attempts : 0;
  if (decision.attempts == 0 || is_newest) ++decision.attempts;
  const RetrySchedule& schedule = retry_schedule(event.reason);
  if (schedule.attempts > 0 && decision.attempts > schedule.attempts) {
    decision.arithmetic += "; given up after " + std::to_string(schedule.attempts) + " attempts";
    return;
  }
  UnixSeconds after = event.at + retry_wait(event.reason, decision.attempts, event.wait_seconds);
  if (!is_newest) after = std::max(after, history.retry_after);
  if (after + retry_is_stale_after < now) {
    decision.arithmetic += "; too long ago for a retry";
    return;
  }
  decision.retry_after = after;
  decision.retry_as_of = std::max(event.at, history.last_retry_at);
}

void add_slow_down(Decision& decision, const BounceEvent& event, UnixSeconds now) {
  if (!slows_down(event.reason)) return;
  const UnixSeconds until = event.at + retry_wait(event.reason, 1, event.wait_seconds);
  if (until > now) decision.slow_down_until = until;
}

Decision suppress_or_refuse(Decision decision, const BounceEvent& event, const PolicySettings& policy) {
  decision.outcome = Outcome::suppress;
  if (const std::string why = why_never_suppressed(event, policy); !why.empty()) {
    decision.outcome = Outcome::refused;
    decision.arithmetic += "; not suppressed: " + why;
  }
  return decision;
}

Decision decide_complaint(const BounceEvent& event, const AddressHistory& history,
                          const PolicySettings& policy) {
  Decision decision;
  const auto first = first_with_signature(event, history);
  if (first && *first <= history.soft_reset_at) {
    decision.arithmetic = "the complaint of " + rfc3339(*first) + " again: a person has settled it since";
    return decision;
  }
  decision.source = "complaint";
  decision.counted = decision.threshold = 1;
  decision.first_seen = decision.last_seen = event.at;
  decision.arithmetic = "1 of 1 complaint: the recipient reported our mail as spam";
  return suppress_or_refuse(std::move(decision), event, policy);
}

/// A report that is not sure enough to be about a mail of ours.
Decision decide_distrusted(const BounceEvent& event) {
  Decision decision;
  decision.outcome = Outcome::distrusted;
  decision.arithmetic = std::string(to_string(event.authenticity)) + " (" + event.authenticity_because +
                        "): nothing is decided";
  return decision;
}

/// A notice of a delay: the sending server keeps trying, so nobody need mail again, and nothing has failed
/// yet. What it says of us holds all the same.
Decision decide_delay(const BounceEvent& event, UnixSeconds now) {
  Decision decision;
  decision.issue = facts(event.reason).advice == Advice::alert;
  decision.arithmetic = "a notice of a delay (" + std::string(to_string(event.reason)) +
                        "): the sending server keeps trying" +
                        (event.will_retry_until == 0 ? "" : " until " + rfc3339(event.will_retry_until)) +
                        ", nothing is counted";
  add_slow_down(decision, event, now);
  return decision;
}

Decision decide_about_us(const BounceEvent& event, const AddressHistory& history, UnixSeconds now) {
  Decision decision;
  decision.outcome = Outcome::alert;
  decision.issue = true;
  decision.arithmetic = std::string(to_string(event.reason)) + ": " +
                        std::string(facts(event.reason).meaning) + "; not counted against the address";
  if (event.wait_seconds > 0) add_retry(decision, event, history, now);
  add_slow_down(decision, event, now);
  return decision;
}

Decision decide_passing(const BounceEvent& event, const AddressHistory& history, UnixSeconds now) {
  Decision decision;
  decision.outcome = Outcome::retry;
  decision.arithmetic = std::string(to_string(event.reason)) + ": " +
                        std::string(facts(event.reason).meaning) + "; not counted against the address";
  add_retry(decision, event, history, now);
  add_slow_down(decision, event, now);
  return decision;
}

/// A failure on one of the counters: enough for a suppression, or one more towards it.
Decision decide_counted(const BounceEvent& event, const AddressHistory& history, const PolicySettings& policy,
                        UnixSeconds now) {
  Decision decision;
  decision.outcome = Outcome::count;
  decision.source = "policy";
  Threshold threshold = threshold_for(event, policy);
  const bool confirm = event.confirm && counter_of(event) == Counter::address;
  if (confirm) threshold.count = std::max(threshold.count, 2);
  decision.threshold = threshold.count;
  if (event.at <= history.soft_reset_at) {
    const bool delivered = history.soft_reset_at == history.last_delivered_at;
    decision.arithmetic = std::string(to_string(event.reason)) + " before " +
                          (delivered ? "a delivery on " : "the counters were reset on ") +
                          rfc3339(history.soft_reset_at) + ": not counted";
    return decision;
  }
  const Tally found = tally(event, history, threshold, policy);
  decision.counted = found.weight / 100;
  decision.first_seen = found.first;
  decision.last_seen = found.last;
  decision.arithmetic = tally_text(event, found, threshold) + overrides_text(event, policy);
  const std::string spacing = std::to_string(policy.confirm_spacing.count()) + " h";
  if (confirm)
    decision.arithmetic += found.spaced ? ", " + spacing + " or more apart"
                                        : ": wants a second one " + spacing + " after the first";
  const UnixSeconds lasts = std::chrono::seconds(threshold.expires).count();
  if (lasts > 0) decision.expires_at = found.last + lasts;
  const bool is_over = decision.expires_at > 0 && decision.expires_at <= now;
  if (is_over) decision.arithmetic += "; its suppression would have ended on " + rfc3339(decision.expires_at);
  const bool for_pair = counter_of(event) == Counter::pair;
  const bool known_whose = !for_pair || !sender_of(event).empty();  // a scope of "" would mean every sender
  if (found.reached && !known_whose)
    decision.arithmetic += "; not suppressed: the report doesn't tell which sender is refused";
  if (found.reached && (!confirm || found.spaced) && !is_over && known_whose) {
    if (for_pair) decision.scope = sender_of(event);
    return suppress_or_refuse(std::move(decision), event, policy);
  }
  decision.expires_at = 0;
  if (is_suppressed(event, history)) decision.arithmetic += "; suppressed already";
  add_retry(decision, event, history, now);
  return decision;
}

}  // namespace

Decision decide(const BounceEvent& event, const AddressHistory& history, const PolicySettings& policy,
                UnixSeconds now) {
  if (event.distrusted) return decide_distrusted(event);
  if (event.kind == Kind::complaint) return decide_complaint(event, history, policy);
  if (event.kind == Kind::delayed) return decide_delay(event, now);
  if (event.kind != Kind::bounce || event.advice == Advice::ignore) {
    Decision decision;
    decision.arithmetic = "not a failure (" + std::string(to_string(event.kind)) + "): nothing is counted";
    return decision;
  }
  if (event.advice == Advice::retry) return decide_passing(event, history, now);
  if (is_about_us(event)) return decide_about_us(event, history, now);
  if (const auto first = first_with_signature(event, history)) {
    BounceEvent again = event;
    again.at = *first;
    return decide_counted(again, history, policy, now);
  }
  return decide_counted(event, history, policy, now);
}

UnixSeconds history_since(const PolicySettings& policy, UnixSeconds at) {
  std::chrono::hours longest = Threshold{}.window;
  for (const auto& [reason, threshold] : policy.thresholds) longest = std::max(longest, threshold.window);
  for (const PolicyOverride& one : policy.overrides)
    for (const auto& [reason, change] : one.thresholds)
      longest = std::max(longest, changed(Threshold{}, change).window);
  return at - std::chrono::seconds(longest).count();
}

}  // namespace bounced
