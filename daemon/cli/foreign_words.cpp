// Sources: Sisimai's reason list (go-sisimai, reason/lib.go); KumoMTA's classes (crates/bounce-classify),
// which are PowerMTA's with Momentum's; SparkPost's bounce classification codes (its support pages); Amazon
// SES's notification contents (developer guide; subtypes of our finer reasons are inferred); PowerMTA's
// seventeen categories; Postmark's bounce types (its API pages).
#include "daemon/cli/foreign_words.hpp"

namespace bounced {
namespace {

struct Row {
  Reason reason;
  std::array<std::string_view, foreign_system_names.size()> words;  ///< in the order of ForeignSystem
};

// clang-format off: a table
constexpr std::array<Row, reason_table.size()> table{{
    {Reason::user_unknown,
     {"userunknown", "InvalidRecipient", "10", "Permanent/General", "bad-mailbox", "HardBounce"}},
    {Reason::domain_unknown,
     {"hostunknown", "BadDomain", "10", "Permanent/General", "bad-domain", "HardBounce"}},
    {Reason::address_syntax,
     {"syntaxerror", "InvalidRecipient", "10", "Permanent/General", "bad-mailbox", "BadEmailAddress"}},
    {Reason::mailbox_disabled,
     {"suspend", "InactiveMailbox", "10", "Permanent/General", "inactive-mailbox", "HardBounce"}},
    {Reason::mailbox_suspended,
     {"suspend", "InactiveMailbox", "20", "Transient/General", "inactive-mailbox", "SoftBounce"}},
    {Reason::mailbox_full,
     {"mailboxfull", "QuotaIssues", "22", "Transient/MailboxFull", "quota-issues", "SoftBounce"}},
    {Reason::recipient_flooded,
     {"speeding", "TransientFailure", "20", "Transient/General", "quota-issues", "Transient"}},
    {Reason::restricted_recipient,
     {"filtered", "PolicyRelated", "50", "Permanent/General", "policy-related", "SoftBounce"}},
    {Reason::recipient_blocklist,
     {"filtered", "PolicyRelated", "50", "Permanent/General", "policy-related", "SoftBounce"}},
    {Reason::org_policy,
     {"policyviolation", "PolicyRelated", "50", "Permanent/General", "policy-related", "SoftBounce"}},
    {Reason::ip_blocklisted,
     {"blocked", "SpamBlock", "51", "Permanent/General", "spam-related", "SpamNotification"}},
    {Reason::ip_blocked,
     {"blocked", "SpamBlock", "51", "Permanent/General", "spam-related", "SpamNotification"}},
    {Reason::domain_reputation,
     {"badreputation", "SpamBlock", "51", "Permanent/General", "spam-related", "SpamNotification"}},
    {Reason::spf_fail,
     {"authfailure", "AuthenticationFailed", "50", "Permanent/General", "policy-related", "SoftBounce"}},
    {Reason::dmarc_fail,
     {"authfailure", "AuthenticationFailed", "50", "Permanent/General", "policy-related", "SoftBounce"}},
    {Reason::auth_required,
     {"authfailure", "AuthenticationFailed", "50", "Permanent/General", "policy-related", "SoftBounce"}},
    {Reason::dns_identity,
     {"requireptr", "BadConfiguration", "50", "Permanent/General", "bad-configuration", "SoftBounce"}},
    {Reason::sender_address_invalid,
     {"rejected", "InvalidSender", "50", "Permanent/General", "invalid-sender", "SoftBounce"}},
    {Reason::tls_required,
     {"failedstarttls", "AuthenticationFailed", "50", "Permanent/General", "policy-related", "SoftBounce"}},
    {Reason::relay_denied,
     {"norelaying", "RelayDenied", "54", "Permanent/General", "relaying-issues", "SoftBounce"}},
    {Reason::sender_account,
     {"securityerror", "RelayDenied", "25", "Undetermined/Undetermined", "bad-configuration", "SoftBounce"}},
    {Reason::spam_content,
     {"spamdetected", "SpamContent", "52", "Transient/ContentRejected", "spam-related", "SpamNotification"}},
    {Reason::malicious_content,
     {"virusdetected", "VirusRelated", "53", "Transient/AttachmentRejected", "virus-related",
      "VirusNotification"}},
    {Reason::malformed_message,
     {"contenterror", "ContentRelated", "52", "Transient/ContentRejected", "content-related", "SoftBounce"}},
    {Reason::message_too_large,
     {"mesgtoobig", "QuotaIssues", "23", "Transient/MessageTooLarge", "content-related", "SoftBounce"}},
    {Reason::rate_limited,
     {"speeding", "TransientFailure", "20", "Transient/General", "policy-related", "Transient"}},
    {Reason::greylisted,
     {"systemerror", "TransientFailure", "70", "Transient/General", "other", "Transient"}},
    {Reason::system_error,
     {"systemerror", "TransientFailure", "20", "Transient/General", "other", "Transient"}},
    {Reason::system_misconfig,
     {"systemerror", "BadConfiguration", "40", "Transient/General", "routing-errors", "SoftBounce"}},
    {Reason::dns_failure,
     {"networkerror", "DNSFailure", "21", "Transient/General", "routing-errors", "DnsError"}},
    {Reason::connect_failed,
     {"networkerror", "NoAnswerFromHost", "24", "Transient/General", "no-answer-from-host", "Transient"}},
    {Reason::expired,
     {"expired", "MessageExpired", "24", "Transient/General", "message-expired", "SoftBounce"}},
    {Reason::provider_suppressed,
     {"suppressed", "Uncategorized", "26", "Permanent/Suppressed", "other", "ManuallyDeactivated"}},
    {Reason::complaint,
     {"feedback", "Uncategorized", "60", "Complaint/abuse", "spam-related", "SpamComplaint"}},
    {Reason::not_a_bounce,
     {"delivered", "AutoReply", "60", "Undetermined/Undetermined", "other", "AutoResponder"}},
    {Reason::unclassified,
     {"undefined", "Uncategorized", "1", "Undetermined/Undetermined", "other", "Unknown"}},
}};
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].reason) != i) return false;
    for (const auto word : table[i].words)
      if (word.empty()) return false;
  }
  return true;
}
static_assert(in_order(), "the table follows the order of enum Reason and has no gap");

}  // namespace

std::string_view foreign_word(ForeignSystem system, Reason reason) {
  return table[static_cast<std::size_t>(reason)].words[static_cast<std::size_t>(system)];
}

}  // namespace bounced
