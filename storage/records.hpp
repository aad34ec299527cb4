// What the database keeps, as plain values. Times are UTC seconds since the epoch; 0 = never / unknown.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/bounce_report.hpp"

namespace bounced {

using UnixSeconds = std::int64_t;

/// Key of the journal. The same content seen again under any other key counts once (content_hash is unique
/// over mailboxes).
struct MailKey {
  std::string mailbox;             ///< name from the settings
  std::uint32_t uid_validity = 0;  ///< IMAP; 0 for files
  std::uint32_t uid = 0;           ///< IMAP; 0 for files
  std::string
      content_hash;  ///< SHA-256 of the bytes, lower-case hex, with CRLF and LF line ends hashed alike
};

/// What becomes of a mail in its mailbox.
enum class Disposal : std::uint8_t { processed, unrecognised, quarantined };
inline constexpr std::array<std::string_view, 3> disposal_names{"processed", "unrecognised", "quarantined"};
constexpr std::string_view to_string(Disposal value) {
  return disposal_names[static_cast<std::size_t>(value)];
}

/// One mail in the journal.
struct JournalRow {
  MailKey key;
  UnixSeconds seen_at = 0;
  std::uint64_t size_bytes = 0;
  Kind kind = Kind::not_bounce;
  std::string dialect;
  Disposal disposal = Disposal::processed;
  std::string damage;      ///< comma-separated words
  std::string message_id;  ///< of the bounce itself
  std::string source;      ///< "imap", "import:PATH"
};

/// One recipient of one mail: the evidence, kept so that it can be judged again.
struct BounceEvent {
  std::int64_t id = 0;  ///< set by the store
  std::string address;  ///< normal form, see parser/address
  std::string address_as_written;
  UnixSeconds at = 0;  ///< when the failure happened, as far as the mail tells; else when it was seen
  Kind kind = Kind::bounce;
  Reason reason = Reason::unclassified;
  Fault fault = Fault::none;
  Permanence permanence = Permanence::passing;
  Confidence confidence = Confidence::none;
  Advice advice = Advice::soft;
  bool confirm = false;
  std::string rule;
  std::string vendor;
  std::string provider;  ///< who answered: vendor id, else the organisational domain of the remote MTA or the
                         ///< recipient
  std::string action;
  std::string status;
  std::string reply_code;
  std::string diagnostic;
  std::string command;
  std::string remote_mta;
  std::string reporting_mta;
  std::string original_message_id;
  std::string original_from;
  std::string list_id;
  std::string mailbox;
};

/// What is known of an address when a new event about it is decided.
struct AddressHistory {
  std::vector<BounceEvent>
      events;  ///< bounded: those within the policy's longest window, newest last; not the one being decided
  bool suppressed = false;
  std::string suppression_source;  ///< "policy", "manual", "import", "complaint"
  UnixSeconds soft_reset_at =
      0;  ///< soft events before it don't count (a delivery report, a removal by hand)
  UnixSeconds last_delivered_at = 0;
  int retry_attempts = 0;
};

struct Suppression {
  std::string address;
  std::string address_as_written;
  Reason reason = Reason::unclassified;
  Confidence confidence = Confidence::none;
  std::string status, diagnostic, vendor, rule;
  std::string source;  ///< "policy", "complaint", "manual", "import"
  std::string mailbox, message_id;
  std::string note;  ///< the arithmetic, or a person's words
  int count = 0;     ///< events that led to it
  UnixSeconds first_seen = 0, last_seen = 0, decided_at = 0, expires_at = 0;
  std::int64_t event_id = 0;  ///< the deciding event
};

struct Retry {
  std::string address;
  Reason reason = Reason::unclassified;
  std::string provider, original_message_id, list_id, diagnostic;
  int attempts = 0;
  UnixSeconds retry_after = 0, decided_at = 0;
};

/// "Send slower to this provider until …", when the cause is its view of us.
struct ProviderSlowdown {
  std::string provider;
  Reason reason = Reason::unclassified;
  UnixSeconds since = 0, until = 0;
  std::int64_t count = 0;
};

/// A fault that the operator must mend, grouped by provider, reason and normalised text.
struct OperatorIssue {
  std::int64_t id = 0;
  std::string provider, vendor;
  Reason reason = Reason::unclassified;
  std::string normalised_text, sample_text, remedy, remedy_url, rule;
  std::int64_t count = 0;
  UnixSeconds first_seen = 0, last_seen = 0;
  std::string state;  ///< "open", "closed", "muted"
};

/// One change of a suppression, for the sync targets: numbered in the transaction that makes it.
struct OutboxChange {
  std::int64_t number = 0;
  std::string address;
  bool suppressed = true;  ///< false = the suppression ended
  Reason reason = Reason::unclassified;
  UnixSeconds at = 0;
};

/// How far a mailbox has been read.
struct MailboxCursor {
  std::uint32_t uid_validity = 0;
  std::uint32_t last_uid = 0;  ///< every mail up to it is journaled and settled
};

/// One pass over one mailbox.
struct RunRecord {
  std::string mailbox;
  UnixSeconds started_at = 0, ended_at = 0;
  std::int64_t mails = 0, bounces = 0, duplicates = 0, unrecognised = 0, quarantined = 0, suppressed = 0;
  std::string error;  ///< "" when it ended well
};

/// The figures of a summary over [from, until): the source of its text, HTML and JSON.
struct CountBy {
  std::string key;
  std::int64_t count = 0;
};
struct RunSummary {
  UnixSeconds from = 0, until = 0;
  std::int64_t mails = 0, events = 0;
  std::vector<CountBy> by_kind, by_reason, by_vendor, by_advice, by_provider, by_list;
  std::int64_t new_suppressions = 0, ended_suppressions = 0, active_suppressions = 0;
  std::vector<CountBy> suppressions_by_reason;
  std::vector<Suppression> sample_suppressions;  ///< newest first, at most 50
  std::int64_t retries_pending = 0, retries_due = 0;
  std::vector<Retry> sample_retries;
  std::vector<ProviderSlowdown> slowdowns;
  std::vector<OperatorIssue> issues;  ///< open ones seen in the range, most frequent first
  std::int64_t permanent_not_suppressed =
      0;  ///< 5xx replies that a code-only reading would have suppressed: addresses saved
  std::int64_t unrecognised = 0, quarantined = 0, duplicates = 0;
  std::vector<RunRecord> runs;  ///< the last of each mailbox
};

}  // namespace bounced
