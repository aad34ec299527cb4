// The same verdict in the words of other systems: what their users' scripts and dashboards are built on.
//
// Sources: SparkPost "Bounce classification codes" (support.sparkpost.com); Amazon SES developer guide,
// "Notification contents", bounce types (the pairing of our reasons with its sub-types is inferred, but for
// Permanent/General and Permanent/Suppressed); PowerMTA user guide, bounce categories; Postmark API, bounce
// types; Sisimai reason list; KumoMTA bounce classifier.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "parser/reason.hpp"

namespace bounced {

enum class System : std::uint8_t { sparkpost, ses, pmta, postmark, sisimai, kumomta };

inline constexpr std::array<std::string_view, 6> system_names{"sparkpost", "ses",     "pmta",
                                                              "postmark",  "sisimai", "kumomta"};

/// The system of that name, e.g. "ses"; nothing for any other word.
constexpr std::optional<System> system_named(std::string_view name) {
  return named<System>(system_names, name);
}

/// One reason in the words of each system, in the order of `System`.
struct ExchangeRow {
  Reason reason;
  std::array<std::string_view, 6> words;
};

inline constexpr std::array<ExchangeRow, 36> exchange_table{{
    {Reason::user_unknown,
     {"10", "Permanent/General", "bad-mailbox", "HardBounce", "userunknown", "InvalidRecipient"}},
    {Reason::domain_unknown,
     {"10", "Permanent/General", "bad-domain", "HardBounce", "hostunknown", "BadDomain"}},
    {Reason::address_syntax,
     {"10", "Permanent/General", "bad-mailbox", "BadEmailAddress", "syntaxerror", "InvalidRecipient"}},
    {Reason::mailbox_disabled,
     {"10", "Permanent/General", "inactive-mailbox", "HardBounce", "suspend", "InactiveMailbox"}},
    {Reason::mailbox_suspended,
     {"20", "Transient/General", "inactive-mailbox", "SoftBounce", "suspend", "InactiveMailbox"}},
    {Reason::mailbox_full,
     {"22", "Transient/MailboxFull", "quota-issues", "SoftBounce", "mailboxfull", "QuotaIssues"}},
    {Reason::recipient_flooded,
     {"20", "Transient/General", "quota-issues", "Transient", "speeding", "TransientFailure"}},
    {Reason::restricted_recipient,
     {"50", "Permanent/General", "policy-related", "SoftBounce", "filtered", "PolicyRelated"}},
    {Reason::recipient_blocklist,
     {"50", "Permanent/General", "policy-related", "SoftBounce", "rejected", "PolicyRelated"}},
    {Reason::org_policy,
     {"50", "Permanent/General", "policy-related", "SoftBounce", "policyviolation", "PolicyRelated"}},
    {Reason::ip_blocklisted,
     {"51", "Permanent/General", "spam-related", "SpamNotification", "blocked", "SpamBlock"}},
    {Reason::ip_blocked,
     {"51", "Permanent/General", "spam-related", "SpamNotification", "blocked", "SpamBlock"}},
    {Reason::domain_reputation,
     {"51", "Permanent/General", "spam-related", "SpamNotification", "badreputation", "SpamBlock"}},
    {Reason::spf_fail,
     {"50", "Permanent/General", "policy-related", "SoftBounce", "authfailure", "AuthenticationFailed"}},
    {Reason::dmarc_fail,
     {"50", "Permanent/General", "policy-related", "SoftBounce", "authfailure", "AuthenticationFailed"}},
    {Reason::auth_required,
     {"50", "Permanent/General", "policy-related", "SoftBounce", "authfailure", "AuthenticationFailed"}},
    {Reason::dns_identity,
     {"50", "Permanent/General", "bad-configuration", "SoftBounce", "requireptr", "BadConfiguration"}},
    {Reason::sender_address_invalid,
     {"50", "Permanent/General", "invalid-sender", "SoftBounce", "rejected", "InvalidSender"}},
    {Reason::tls_required,
     {"50", "Permanent/General", "policy-related", "SoftBounce", "failedstarttls", "AuthenticationFailed"}},
    {Reason::relay_denied,
     {"54", "Permanent/General", "relaying-issues", "SoftBounce", "norelaying", "RelayDenied"}},
    {Reason::sender_account,
     {"25", "Undetermined/Undetermined", "bad-configuration", "SoftBounce", "securityerror",
      "BadConfiguration"}},
    {Reason::spam_content,
     {"52", "Transient/ContentRejected", "spam-related", "SpamNotification", "spamdetected", "SpamContent"}},
    {Reason::malicious_content,
     {"53", "Transient/AttachmentRejected", "virus-related", "VirusNotification", "virusdetected",
      "VirusRelated"}},
    {Reason::malformed_message,
     {"52", "Transient/ContentRejected", "content-related", "SoftBounce", "contenterror", "ContentRelated"}},
    {Reason::message_too_large,
     {"23", "Transient/MessageTooLarge", "content-related", "SoftBounce", "mesgtoobig", "QuotaIssues"}},
    {Reason::rate_limited,
     {"70", "Transient/General", "policy-related", "Transient", "speeding", "TransientFailure"}},
    {Reason::greylisted, {"70", "Transient/General", "other", "Transient", "blocked", "TransientFailure"}},
    {Reason::system_error,
     {"20", "Transient/General", "other", "Transient", "systemerror", "TransientFailure"}},
    {Reason::system_misconfig,
     {"40", "Transient/General", "routing-errors", "SoftBounce", "systemerror", "BadConfiguration"}},
    {Reason::dns_failure,
     {"21", "Transient/General", "bad-domain", "DnsError", "networkerror", "DNSFailure"}},
    {Reason::connect_failed,
     {"24", "Transient/General", "no-answer-from-host", "Transient", "networkerror", "NoAnswerFromHost"}},
    {Reason::expired,
     {"24", "Transient/General", "message-expired", "SoftBounce", "expired", "MessageExpired"}},
    {Reason::provider_suppressed,
     {"26", "Permanent/Suppressed", "bad-mailbox", "ManuallyDeactivated", "suppressed", "InvalidRecipient"}},
    {Reason::complaint, {"90", "Complaint", "other", "SpamComplaint", "feedback", "SpamContent"}},
    {Reason::not_a_bounce, {"60", "Delivery", "other", "AutoResponder", "delivered", "AutoReply"}},
    {Reason::unclassified,
     {"1", "Undetermined/Undetermined", "other", "Unknown", "undefined", "Uncategorized"}},
}};

constexpr bool exchange_table_in_order() {
  for (std::size_t i = 0; i < exchange_table.size(); ++i) {
    if (static_cast<std::size_t>(exchange_table[i].reason) != i) return false;
    for (const std::string_view word : exchange_table[i].words)
      if (word.empty()) return false;
  }
  return true;
}
static_assert(exchange_table_in_order(), "exchange_table follows the order of enum Reason and has no gaps");

/// The reason in the system's words, e.g. mapped(Reason::mailbox_full, System::sparkpost) is "22".
constexpr std::string_view mapped(Reason reason, System system) {
  return exchange_table[static_cast<std::size_t>(reason)].words[static_cast<std::size_t>(system)];
}

}  // namespace bounced
