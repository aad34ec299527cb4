// The categories and reasons that a verdict can name, and what each means: one table, checked by the
// compiler.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bounced {

enum class Category : std::uint8_t {
  recipient_address,
  mailbox_state,
  recipient_policy,
  reputation,
  authentication,
  sender_config,
  relay_config,
  content,
  rate_limit,
  receiver_system,
  network,
  local,
  complaint,
  not_bounce,
  unknown,
};

enum class Reason : std::uint8_t {
  user_unknown,
  domain_unknown,
  address_syntax,
  mailbox_disabled,
  mailbox_suspended,
  mailbox_full,
  recipient_flooded,
  restricted_recipient,
  recipient_blocklist,
  org_policy,
  ip_blocklisted,
  ip_blocked,
  domain_reputation,
  spf_fail,
  dmarc_fail,
  auth_required,
  dns_identity,
  sender_address_invalid,
  tls_required,
  relay_denied,
  sender_account,
  spam_content,
  malicious_content,
  malformed_message,
  message_too_large,
  rate_limited,
  greylisted,
  system_error,
  system_misconfig,
  dns_failure,
  connect_failed,
  expired,
  provider_suppressed,
  complaint,
  not_a_bounce,
  unclassified,
};

/// Whose doing it is, so who can mend it.
enum class Fault : std::uint8_t { recipient, sender, receiver, content, network, none };

/// How long it lasts, and for what: the address; this sender and this recipient; the sender until mended;
/// this message; passing.
enum class Permanence : std::uint8_t { address, pair, sender, message, passing };

/// How much the evidence bears: a vendor's own code; a phrase with a clear subject; a bare code; nothing.
enum class Confidence : std::uint8_t { none, weak, strong, exact };

/// What one report argues for, before history and policy: stop mailing; count against the address; try later;
/// tell the operator; nothing. Printed as `decision` in the report of a mail.
enum class Advice : std::uint8_t { suppress, soft, retry, alert, ignore };

struct ReasonFacts {
  Reason reason;
  std::string_view name;
  Category category;
  Fault fault;
  Permanence permanence;
  Advice advice;
  std::string_view meaning;  ///< a short sentence part for people, e.g. "the mailbox does not exist"
  std::string_view remedy;   ///< what the operator can do, one sentence; "" where nothing is to be done
};

inline constexpr std::array<std::string_view, 15> category_names{
    "recipient_address", "mailbox_state", "recipient_policy", "reputation", "authentication",
    "sender_config",     "relay_config",  "content",          "rate_limit", "receiver_system",
    "network",           "local",         "complaint",        "not_bounce", "unknown"};
inline constexpr std::array<std::string_view, 6> fault_names{"recipient", "sender",  "receiver",
                                                             "content",   "network", "none"};
inline constexpr std::array<std::string_view, 5> permanence_names{"address", "pair", "sender", "message",
                                                                  "passing"};
inline constexpr std::array<std::string_view, 4> confidence_names{"none", "weak", "strong", "exact"};
inline constexpr std::array<std::string_view, 5> advice_names{"suppress", "soft", "retry", "alert", "ignore"};

inline constexpr std::array<ReasonFacts, 36> reason_table{{
    {Reason::user_unknown, "user_unknown", Category::recipient_address, Fault::recipient, Permanence::address,
     Advice::suppress, "the mailbox does not exist", ""},
    {Reason::domain_unknown, "domain_unknown", Category::recipient_address, Fault::recipient,
     Permanence::address, Advice::suppress, "the domain does not exist or takes no mail", ""},
    {Reason::address_syntax, "address_syntax", Category::recipient_address, Fault::recipient,
     Permanence::address, Advice::suppress, "the address is not a valid address", ""},
    {Reason::mailbox_disabled, "mailbox_disabled", Category::mailbox_state, Fault::recipient,
     Permanence::address, Advice::suppress, "the mailbox is closed, moved or long inactive", ""},
    {Reason::mailbox_suspended, "mailbox_suspended", Category::mailbox_state, Fault::recipient,
     Permanence::passing, Advice::soft, "the mailbox is locked for now", ""},
    {Reason::mailbox_full, "mailbox_full", Category::mailbox_state, Fault::recipient, Permanence::passing,
     Advice::soft, "the mailbox is over its quota", ""},
    {Reason::recipient_flooded, "recipient_flooded", Category::mailbox_state, Fault::recipient,
     Permanence::passing, Advice::retry, "the recipient gets too much mail just now", ""},
    {Reason::restricted_recipient, "restricted_recipient", Category::recipient_policy, Fault::recipient,
     Permanence::pair, Advice::soft, "only members or approved senders may write to it",
     "Ask the recipient to admit your sender address, or stop writing to this address."},
    {Reason::recipient_blocklist, "recipient_blocklist", Category::recipient_policy, Fault::recipient,
     Permanence::pair, Advice::soft, "the recipient or its organisation blocks us",
     "Ask the recipient or its administrator to admit your sender; there is nothing to mend on your side."},
    {Reason::org_policy, "org_policy", Category::recipient_policy, Fault::recipient, Permanence::pair,
     Advice::soft, "a rule of the recipient's organisation refuses it",
     "Ask the recipient's administrator which rule refuses the message."},
    {Reason::ip_blocklisted, "ip_blocklisted", Category::reputation, Fault::sender, Permanence::sender,
     Advice::alert, "our IP address is on a public block list",
     "Look your IP address up on the list that the reply names, end what got it listed, then ask for "
     "removal."},
    {Reason::ip_blocked, "ip_blocked", Category::reputation, Fault::sender, Permanence::sender, Advice::alert,
     "the receiver blocks our IP address",
     "Check the sending IP address for abuse, then ask the receiver's postmaster to lift the block."},
    {Reason::domain_reputation, "domain_reputation", Category::reputation, Fault::sender, Permanence::sender,
     Advice::alert, "our domain is listed or has a bad reputation",
     "Look your domains (sender, HELO, links) up on the list that the reply names, and mend the cause before "
     "asking for removal."},
    {Reason::spf_fail, "spf_fail", Category::authentication, Fault::sender, Permanence::sender, Advice::alert,
     "SPF fails for our mail", "Add the sending IP address to the SPF record of the envelope sender domain."},
    {Reason::dmarc_fail, "dmarc_fail", Category::authentication, Fault::sender, Permanence::sender,
     Advice::alert, "DMARC fails for our mail",
     "Sign with DKIM, or pass SPF, for the domain in From, so that DMARC aligns."},
    {Reason::auth_required, "auth_required", Category::authentication, Fault::sender, Permanence::sender,
     Advice::alert, "our mail lacks the authentication that the receiver wants",
     "Publish SPF and sign with DKIM for the sending domain."},
    {Reason::dns_identity, "dns_identity", Category::sender_config, Fault::sender, Permanence::sender,
     Advice::alert, "our reverse DNS or HELO name is missing or wrong",
     "Give the sending IP address a PTR record whose name resolves back to it, and use that name in HELO."},
    {Reason::sender_address_invalid, "sender_address_invalid", Category::sender_config, Fault::sender,
     Permanence::sender, Advice::alert, "our sender address or its domain is refused",
     "Use an envelope sender whose domain has MX or A records and which accepts mail."},
    {Reason::tls_required, "tls_required", Category::sender_config, Fault::sender, Permanence::sender,
     Advice::alert, "the receiver wants TLS", "Let your server use TLS towards this receiver."},
    {Reason::relay_denied, "relay_denied", Category::relay_config, Fault::receiver, Permanence::pair,
     Advice::soft, "the host does not serve that domain",
     "Check where the MX of the recipient domain points; its server does not take mail for it."},
    {Reason::sender_account, "sender_account", Category::relay_config, Fault::sender, Permanence::sender,
     Advice::alert, "our own provider, account or quota refuses to send",
     "Check the account, the login and the limits at your own mail provider."},
    {Reason::spam_content, "spam_content", Category::content, Fault::content, Permanence::message,
     Advice::alert, "the message was judged to be spam",
     "Look at the content, its links and the complaints about it before sending more of it."},
    {Reason::malicious_content, "malicious_content", Category::content, Fault::content, Permanence::message,
     Advice::alert, "the message was judged to be dangerous",
     "Look for the attachment or link that was taken for dangerous, and send without it."},
    {Reason::malformed_message, "malformed_message", Category::content, Fault::content, Permanence::message,
     Advice::alert, "the form of the message is not accepted",
     "Mend the headers or the MIME structure that the sending software writes."},
    {Reason::message_too_large, "message_too_large", Category::content, Fault::content, Permanence::message,
     Advice::alert, "the message is too large",
     "Send a smaller message, or a link instead of the attachment."},
    {Reason::rate_limited, "rate_limited", Category::rate_limit, Fault::sender, Permanence::passing,
     Advice::retry, "we send too much or too fast",
     "Send more slowly to this receiver, with fewer connections at a time."},
    {Reason::greylisted, "greylisted", Category::rate_limit, Fault::none, Permanence::passing, Advice::retry,
     "deferred on first contact", ""},
    {Reason::system_error, "system_error", Category::receiver_system, Fault::receiver, Permanence::passing,
     Advice::retry, "the receiving system has a passing fault", ""},
    {Reason::system_misconfig, "system_misconfig", Category::receiver_system, Fault::receiver,
     Permanence::pair, Advice::soft, "the receiving system is set up wrongly",
     "Tell the postmaster of the recipient domain; its server is set up wrongly."},
    {Reason::dns_failure, "dns_failure", Category::network, Fault::network, Permanence::passing,
     Advice::retry, "the receiver's DNS does not answer", ""},
    {Reason::connect_failed, "connect_failed", Category::network, Fault::network, Permanence::passing,
     Advice::retry, "the receiver can't be reached", ""},
    {Reason::expired, "expired", Category::network, Fault::network, Permanence::message, Advice::soft,
     "the message grew too old in the queue", ""},
    {Reason::provider_suppressed, "provider_suppressed", Category::local, Fault::recipient,
     Permanence::address, Advice::suppress, "our provider refuses because of an earlier bounce", ""},
    {Reason::complaint, "complaint", Category::complaint, Fault::none, Permanence::address, Advice::suppress,
     "the recipient reported our mail as spam", ""},
    {Reason::not_a_bounce, "not_a_bounce", Category::not_bounce, Fault::none, Permanence::passing,
     Advice::ignore, "not a failure", ""},
    {Reason::unclassified, "unclassified", Category::unknown, Fault::none, Permanence::passing, Advice::soft,
     "nothing usable is said", ""},
}};

constexpr bool reason_table_in_order() {
  for (std::size_t i = 0; i < reason_table.size(); ++i)
    if (static_cast<std::size_t>(reason_table[i].reason) != i) return false;
  return true;
}
static_assert(reason_table_in_order(), "reason_table follows the order of enum Reason");

constexpr const ReasonFacts& facts(Reason reason) { return reason_table[static_cast<std::size_t>(reason)]; }
constexpr std::string_view to_string(Reason value) { return facts(value).name; }
constexpr std::string_view to_string(Category value) {
  return category_names[static_cast<std::size_t>(value)];
}
constexpr std::string_view to_string(Fault value) { return fault_names[static_cast<std::size_t>(value)]; }
constexpr std::string_view to_string(Permanence value) {
  return permanence_names[static_cast<std::size_t>(value)];
}
constexpr std::string_view to_string(Confidence value) {
  return confidence_names[static_cast<std::size_t>(value)];
}
constexpr std::string_view to_string(Advice value) { return advice_names[static_cast<std::size_t>(value)]; }

/// The reason of that name, e.g. "user_unknown"; nothing for any other word.
constexpr std::optional<Reason> reason_named(std::string_view name) {
  for (const auto& row : reason_table)
    if (row.name == name) return row.reason;
  return std::nullopt;
}

/// Looks a word up in one of the name arrays above: `named<Fault>(fault_names, "sender")`.
template <class Enum, std::size_t N>
constexpr std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view word) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == word) return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace bounced
