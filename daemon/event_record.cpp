#include "daemon/event_record.hpp"

#include <algorithm>
#include <array>

#include "daemon/plain_text.hpp"
#include "parser/address.hpp"
#include "parser/classify.hpp"
#include "parser/mail_date.hpp"
#include "parser/suggest_rule.hpp"

namespace bounced {
namespace {

/// 1990-01-01: before it there was no MIME, and clocks that say so are not set.
constexpr UnixSeconds earliest_sane = 631'152'000;
/// Clocks of servers are off by zones more often than by days.
constexpr UnixSeconds tolerated_ahead = 24 * 60 * 60;
/// A promise to retry longer than this is no promise (the longest queue lifetimes of the field are two
/// weeks).
constexpr UnixSeconds longest_queue = 30 * 24 * 60 * 60;

Kind kind_of(const BounceReport& report, const ReportedRecipient& recipient) {
  const bool is_status_report =
      report.kind == Kind::bounce || report.kind == Kind::delayed || report.kind == Kind::delivered;
  if (!is_status_report) return report.kind;
  switch (recipient.action) {
    case Action::failed:
      return Kind::bounce;
    case Action::delayed:
      return Kind::delayed;
    case Action::delivered:
    case Action::relayed:
    case Action::expanded:
      return Kind::delivered;
    case Action::none:
      break;
  }
  return report.kind;
}

/// The address as the report writes it, where that is the one to act on.
std::string as_written(const ReportedRecipient& recipient, const std::string& normal) {
  for (const std::string* text : {&recipient.original_recipient, &recipient.final_recipient})
    if (normal_address(*text) == normal) return *text;
  return recipient.address;
}

UnixSeconds will_retry_until(const ReportedRecipient& recipient, UnixSeconds at) {
  const UnixSeconds until = mail_date(recipient.will_retry_until).value_or(0);
  return until > at && until < at + longest_queue ? until : 0;
}

}  // namespace

UnixSeconds event_time(const BounceReport& report, UnixSeconds internal_date, UnixSeconds now) {
  const std::array<UnixSeconds, 3> candidates{mail_date(report.date).value_or(0), internal_date,
                                              mail_date(report.arrival_date).value_or(0)};
  for (const UnixSeconds candidate : candidates)
    if (candidate > earliest_sane && candidate <= now + tolerated_ahead) return std::min(candidate, now);
  return now;
}

std::string provider_of(const ReportedRecipient& recipient) {
  if (!recipient.verdict.vendor.empty()) return recipient.verdict.vendor;
  std::string host = organisational_domain(recipient.remote_mta);
  return host.empty() ? organisational_domain(domain_of(normal_address(recipient.address))) : host;
}

void set_verdict(BounceEvent& event, const ReportedRecipient& recipient) {
  const Verdict& verdict = recipient.verdict;
  event.reason = verdict.reason;
  event.fault = verdict.fault;
  event.permanence = verdict.permanence;
  event.confidence = verdict.confidence;
  event.advice = verdict.advice;
  event.confirm = verdict.confirm;
  event.rule = verdict.rule;
  event.vendor = verdict.vendor;
  event.provider = provider_of(recipient);
  event.wait_seconds = verdict.retry_after.count();
}

BounceEvent event_of(const BounceReport& report, const ReportedRecipient& recipient, UnixSeconds at) {
  BounceEvent event;
  event.address = normal_address(recipient.address);
  event.address_as_written = as_written(recipient, event.address);
  event.at = at;
  event.kind = kind_of(report, recipient);
  set_verdict(event, recipient);
  event.action = to_string(recipient.action);
  event.status = recipient.status;
  event.reply_code = recipient.reply_code;
  event.diagnostic = recipient.diagnostic;
  event.command = recipient.command;
  event.remote_mta = recipient.remote_mta;
  event.will_retry_until = will_retry_until(recipient, at);
  event.authenticity = recipient.authenticity;
  event.authenticity_because = recipient.authenticity_because;
  event.signature = recipient.signature;
  event.reporting_mta = report.reporting_mta;
  event.original_message_id = report.original.message_id;
  event.original_from = report.original.from;
  event.list_id = report.original.list_id;
  return event;
}

Suppression suppression_by(const Decision& decision, const BounceEvent& event, UnixSeconds now) {
  Suppression made;
  made.address = event.address;
  made.address_as_written = event.address_as_written;
  made.reason = event.kind == Kind::complaint ? Reason::complaint : event.reason;
  made.confidence = event.confidence;
  made.status = event.status;
  made.diagnostic = event.diagnostic;
  made.vendor = event.vendor;
  made.rule = event.rule;
  made.source = decision.source;
  made.scope = decision.scope;
  made.mailbox = event.mailbox;
  made.message_id = event.original_message_id;
  made.note = decision.arithmetic;
  made.count = decision.counted;
  made.first_seen = decision.first_seen;
  made.last_seen = decision.last_seen;
  made.decided_at = now;
  made.expires_at = decision.expires_at;
  made.event_id = event.id;
  made.provider = event.provider;
  return made;
}

Retry retry_by(const Decision& decision, const BounceEvent& event) {
  Retry retry;
  retry.address = event.address;
  retry.reason = event.reason;
  retry.provider = event.provider;
  retry.original_message_id = event.original_message_id;
  retry.list_id = event.list_id;
  retry.diagnostic = event.diagnostic;
  retry.attempts = decision.attempts;
  retry.retry_after = decision.retry_after;
  retry.decided_at = decision.retry_as_of;
  return retry;
}

std::optional<UnknownTemplate> unknown_by(const BounceEvent& event, UnixSeconds now) {
  const bool is_failure = event.kind == Kind::bounce || event.kind == Kind::delayed;
  if (!is_failure || event.reason != Reason::unclassified || event.diagnostic.empty()) return {};
  const std::string reply = valid_utf8(event.diagnostic);
  UnknownTemplate unknown;
  unknown.text = reply_template(reply);
  if (unknown.text.empty()) return {};
  unknown.vendor = event.vendor;
  unknown.samples = {reply};
  unknown.count = 1;
  unknown.first_seen = unknown.last_seen = event.at;
  unknown.reported_at = now;
  return unknown;
}

OperatorIssue issue_by(const BounceEvent& event, const Verdict& verdict, UnixSeconds now) {
  OperatorIssue issue;
  issue.provider = event.provider;
  issue.vendor = event.vendor;
  issue.reason = event.reason;
  issue.normalised_text = normalise_reply(event.diagnostic);
  issue.sample_text = event.diagnostic;
  issue.remedy = verdict.remedy;
  issue.remedy_url = verdict.remedy_url;
  issue.rule = event.rule;
  issue.count = 1;
  issue.first_seen = issue.last_seen = event.at;
  issue.reported_at = now;
  return issue;
}

}  // namespace bounced
