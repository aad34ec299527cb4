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

/// Key of the journal. The content decides: the same content under any other key counts once, over all
/// mailboxes, and another content under a known UID is another mail.
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
  std::int64_t id = 0;       ///< set by the store
  std::int64_t mail_id = 0;  ///< set by the store; equal for all recipients of one mail
  std::string address;       ///< normal form, see parser/address
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
  std::int64_t wait_seconds = 0;     ///< the vendor's own waiting time (Verdict::retry_after); 0 = not told
  UnixSeconds will_retry_until = 0;  ///< RFC 3464 2.3.9; 0 = not told
  // What was made of it (daemon/policy): the word of the outcome, and the count that led there.
  std::string outcome;
  int counted = 0, threshold = 0;
  // How sure it is that it is about a mail of ours (daemon/authenticity).
  Authenticity authenticity = Authenticity::plausible;
  std::string authenticity_because;
  std::string signature;    ///< of the return path that proves it, "DAY-TAG"; "" where none does
  bool distrusted = false;  ///< not sure enough for its mailbox: nothing followed, and no history has it
  /// The wave (Wave::id) that it belongs to, negative when a person discarded it alone; 0 = none, or a person
  /// called it real. What belongs to a wave counts towards nothing.
  std::int64_t wave = 0;
  // Of the mail as a whole: kept once a mail, as its first event says it.
  std::string reporting_mta;
  std::string original_message_id;
  std::string original_from;
  std::string list_id;
  std::string mailbox;

  bool operator==(const BounceEvent&) const = default;
};

/// Events that a history holds at most: the newest. Far above any threshold, so that an address that bounces
/// by the thousand (a forwarding loop) costs no more than others.
inline constexpr int history_limit = 200;

/// What is known of an address when a new event about it is decided.
struct AddressHistory {
  std::vector<BounceEvent>
      events;  ///< since the time asked for, newest last, at most history_limit; without address, the texts
               ///< of the evidence (action … remote_mta, diagnostic) and original_message_id
  bool suppressed = false;
  std::string suppression_source;  ///< "policy", "manual", "import", "complaint"
  UnixSeconds soft_reset_at =
      0;  ///< soft events before it don't count (a delivery report, a removal by hand)
  UnixSeconds last_delivered_at = 0;
  std::string suppression_scope;  ///< see Suppression::scope
  Reason suppression_reason = Reason::unclassified;
  UnixSeconds suppression_expires_at = 0;
  int retry_attempts = 0;
  UnixSeconds last_retry_at = 0;  ///< Retry::decided_at of the pending one
  UnixSeconds retry_after = 0;    ///< of the pending one; 0 = none pending
  UnixSeconds retry_done_at = 0;  ///< Retry::done_at of the last one

  bool operator==(const AddressHistory&) const = default;
};

/// An address and all that was reported of it, to be judged again.
struct AddressRecord {
  std::string address;
  UnixSeconds soft_reset_at = 0, last_delivered_at = 0;
  std::vector<BounceEvent> events;  ///< in the order in which they came

  bool operator==(const AddressRecord&) const = default;
};

/// For which mail a suppression holds: of every sender, or of one alone (a sender–recipient pair).
enum class Scope : std::uint8_t { global, pair };
inline constexpr std::array<std::string_view, 2> scope_names{"global", "pair"};
constexpr std::string_view to_string(Scope value) { return scope_names[static_cast<std::size_t>(value)]; }

struct Suppression {
  std::string address;
  std::string address_as_written;
  Reason reason = Reason::unclassified;
  Confidence confidence = Confidence::none;
  std::string status, diagnostic, vendor, rule;
  std::string source;  ///< "policy", "complaint", "manual", "import"
  std::string scope;   ///< "" = for every sender; else the sender's domain, which alone the recipient refuses
  std::string mailbox, message_id;
  std::string note;  ///< the arithmetic, or a person's words
  int count = 0;     ///< events that led to it
  UnixSeconds first_seen = 0, last_seen = 0, decided_at = 0, expires_at = 0;
  std::int64_t event_id = 0;  ///< the deciding event
  std::string provider;       ///< who said it, as BounceEvent::provider; "" where no event did
  std::string batch;          ///< name of the import it came with; "" = none

  [[nodiscard]] Scope kind_of_scope() const { return scope.empty() ? Scope::global : Scope::pair; }
  bool operator==(const Suppression&) const = default;
};

/// Something that a person did to suppressions, kept for good.
struct ManualAct {
  std::int64_t id = 0;  ///< set by the store
  UnixSeconds at = 0;
  std::string what;  ///< "add", "remove", "import", "undo", "release", "discard", "close", "mute", "unmute",
                     ///< "mailed again", "forget"
  std::string who;   ///< login name
  std::string why;   ///< the person's words; may be ""
  std::string detail;  ///< what an undo chose, or the files of an import

  bool operator==(const ManualAct&) const = default;
};

/// An act as one address knows it: with the suppression that it made or ended.
struct ActOnAddress {
  ManualAct act;
  Reason reason = Reason::unclassified;
  std::string source, scope;
  UnixSeconds decided_at = 0;

  bool operator==(const ActOnAddress&) const = default;
};

struct Retry {
  std::string address;
  Reason reason = Reason::unclassified;
  std::string provider, original_message_id, list_id, diagnostic;
  int attempts = 0;
  UnixSeconds retry_after = 0;
  UnixSeconds decided_at = 0;  ///< when the newest failure that it answers happened
  UnixSeconds done_at = 0;     ///< when somebody said that the address was mailed again; 0 = pending

  bool operator==(const Retry&) const = default;
};

/// What became of the word that an address was mailed again.
enum class RetryMark : std::uint8_t {
  none,     ///< no retry of the address is known
  not_due,  ///< its time has not come: it stays pending
  marked,   ///< it was pending, and is done now
  done_before,
};

/// What marking the retry (null: there is none) would come to.
inline RetryMark mark_of(const Retry* retry, UnixSeconds at, bool early) {
  if (retry == nullptr) return RetryMark::none;
  if (retry->done_at != 0) return RetryMark::done_before;
  return retry->retry_after > at && !early ? RetryMark::not_due : RetryMark::marked;
}

/// "Send slower to this provider until …", when the cause is its view of us.
struct ProviderSlowdown {
  std::string provider;
  Reason reason = Reason::unclassified;
  UnixSeconds since = 0, until = 0;
  std::int64_t count = 0;       ///< occurrences; of one occurrence 1
  UnixSeconds reported_at = 0;  ///< of an occurrence: when we learned of it (0 = at `since`); not told again

  bool operator==(const ProviderSlowdown&) const = default;
};

/// A fault that the operator must mend, grouped by provider, reason and normalised text.
struct OperatorIssue {
  std::int64_t id = 0;
  std::string provider, vendor;
  Reason reason = Reason::unclassified;
  std::string normalised_text, sample_text, remedy, remedy_url, rule;
  std::int64_t count = 0;
  UnixSeconds first_seen = 0, last_seen = 0;
  UnixSeconds reported_at = 0;  ///< when we learned of the last occurrence
  std::string state;            ///< "open", "closed", "muted"
  UnixSeconds state_at = 0;     ///< when it got that state; 0 = it has been open since the first report
  std::int64_t in_range = 0;    ///< in a RunSummary: occurrences reported in its range; else 0

  bool operator==(const OperatorIssue&) const = default;
};

/// Templates of unknown replies that a store keeps at most, samples of one template, and bytes of one text:
/// some 8 MB in all, however hostile the mails. More templates than this nobody reads.
inline constexpr int unknown_templates_kept = 1000;
inline constexpr int unknown_samples_kept = 3;
inline constexpr std::size_t unknown_text_bytes = 2000;

/// Replies that no rule knows, grouped by vendor and wording: what `rules suggest` makes rules of.
struct UnknownTemplate {
  std::int64_t id = 0;               ///< set by the store
  std::string vendor;                ///< vendor id; "" = unknown
  std::string text;                  ///< the wording, see reply_template
  std::vector<std::string> samples;  ///< replies as they came, all different, the first ones seen
  std::int64_t count = 0;
  UnixSeconds first_seen = 0, last_seen = 0;
  UnixSeconds reported_at = 0;  ///< when we learned of the last one

  bool operator==(const UnknownTemplate&) const = default;
};

/// What the circuit breaker counts verdicts by: who said it, or the normalised text of what was said.
enum class WaveKind : std::uint8_t { provider, text };
inline constexpr std::array<std::string_view, 2> wave_kind_names{"provider", "text"};
constexpr std::string_view to_string(WaveKind value) {
  return wave_kind_names[static_cast<std::size_t>(value)];
}

/// Slots in which verdicts are counted, by the time at which they happened.
inline constexpr UnixSeconds slot_seconds = 600;

/// Suppressing verdicts of one kind and name in one slot.
struct VerdictCount {
  std::int64_t slot = 0;     ///< its time, divided by slot_seconds
  std::int64_t usual = 0;    ///< outside of waves: what the baseline is made of
  std::int64_t in_wave = 0;  ///< in a wave that nobody has called real

  bool operator==(const VerdictCount&) const = default;
};

/// A jump of suppressing verdicts far above what is usual for a provider or a text.
struct Wave {
  std::int64_t id = 0;  ///< set by the store
  WaveKind kind = WaveKind::provider;
  std::string name;                       ///< the provider, or the normalised text
  std::string state = "open";             ///< "open", "released", "discarded"
  UnixSeconds first_at = 0, last_at = 0;  ///< of its events
  UnixSeconds tripped_at = 0;             ///< when we noticed
  UnixSeconds told_at = 0;                ///< when the operator was told
  UnixSeconds decided_at = 0;             ///< when a person released or discarded it
  std::int64_t count = 0;                 ///< addresses with a verdict in it
  std::int64_t bound = 0;                 ///< verdicts in a window from which it was a wave
  std::int64_t usual = 0;                 ///< the most in a window before it
  std::string sample;                     ///< the reply with which it was noticed
  std::int64_t held = 0;                  ///< addresses that wait for a person's word; counted by the store

  bool operator==(const Wave&) const = default;
};

/// True for a wave that a summary over [from, until) tells of: it waits for a person's word, or got it then.
inline bool belongs_into_summary(const Wave& wave, UnixSeconds from, UnixSeconds until) {
  const bool decided = wave.decided_at >= from && wave.decided_at < until;
  return wave.tripped_at < until && (wave.state == "open" || wave.held > 0 || decided);
}

/// A suppression that is not in force, because a wave made it.
struct Hold {
  std::int64_t wave = 0;  ///< Wave::id
  UnixSeconds at = 0;     ///< when the failure happened that it would have been made by
  Suppression suppression;

  bool operator==(const Hold&) const = default;
};

/// One change of a suppression, for the sync targets: numbered in the transaction that makes it.
struct OutboxChange {
  std::int64_t number = 0;
  std::string address;
  bool suppressed = true;  ///< false = the suppression ended
  Reason reason = Reason::unclassified;
  std::string scope;  ///< as Suppression::scope
  UnixSeconds at = 0;
  std::string why;                           ///< the arithmetic, or a person's words
  std::int64_t event_id = 0;                 ///< the deciding event; 0 = none, or an end
  Confidence confidence = Confidence::none;  ///< of the suppression; none for an end
  std::string list_id = {};                  ///< of the mail that decided it

  bool operator==(const OutboxChange&) const = default;
};

/// How far a mailbox has been read.
struct MailboxCursor {
  std::uint32_t uid_validity = 0;
  std::uint32_t last_uid = 0;  ///< every mail up to it is journaled and settled

  bool operator==(const MailboxCursor&) const = default;
};

/// One pass over one mailbox.
struct RunRecord {
  std::string mailbox;
  UnixSeconds started_at = 0, ended_at = 0;
  std::int64_t mails = 0, bounces = 0, duplicates = 0, unrecognised = 0, quarantined = 0, suppressed = 0;
  std::string error;  ///< "" when it ended well

  bool operator==(const RunRecord&) const = default;
};

struct CountBy {
  std::string key;
  std::int64_t count = 0;

  bool operator==(const CountBy&) const = default;
};

/// Rows that a summary samples of suppressions, of retries, of soft counters and of providers.
inline constexpr int summary_samples = 50;
/// Rows that a summary samples of suppressions for one reason.
inline constexpr int summary_samples_of_reason = 10;
/// Reasons that a summary tells of one provider.
inline constexpr std::size_t provider_reasons = 3;
/// Earlier ranges that a summary compares with: of the same length, side by side, before its own.
inline constexpr int trend_weeks = 4, trend_ranges = 7 * trend_weeks;

/// What is usual: medians over the earlier ranges, the last 7 and the last 28 of them, by the hours in which
/// reports were journaled (UTC). -1 = the database does not reach back so far.
struct Trend {
  std::int64_t median_7 = -1, median_28 = -1;

  bool operator==(const Trend&) const = default;
};

/// One provider in a summary.
struct ProviderFigures {
  std::string provider;
  std::int64_t count = 0;        ///< reports
  std::vector<CountBy> reasons;  ///< the most frequent, at most provider_reasons
  Trend usual;

  bool operator==(const ProviderFigures&) const = default;
};

/// An address that one more failure will suppress.
struct SoftCounter {
  std::string address;
  Reason reason = Reason::unclassified;  ///< of the last failure
  int counted = 0, threshold = 0;

  bool operator==(const SoftCounter&) const = default;
};

/// What a person did, and to how many addresses.
struct ActInSummary {
  ManualAct act;
  std::int64_t addresses = 0;

  bool operator==(const ActInSummary&) const = default;
};

/// The passes over one mailbox that began in a range.
struct MailboxHealth {
  std::string mailbox;
  RunRecord last;             ///< the last pass that began before the end of the range
  UnixSeconds last_good = 0;  ///< when the last pass without an error ended; 0 = none yet
  std::int64_t passes = 0, failed = 0, quarantined = 0, unrecognised = 0;
  std::string last_error;  ///< of the failed ones

  bool operator==(const MailboxHealth&) const = default;
};

/// A page on its way: to be sent once, by one of its ways.
struct SummarySending {
  std::string night;           ///< the date on whose morning it ends, "2026-03-02"
  std::string way;             ///< "mail", "file", "command"
  std::string message_id;      ///< of the mail, without angle brackets: the same for every attempt
  UnixSeconds claimed_at = 0;  ///< when somebody began to send it; 0 = nobody is at it
  UnixSeconds sent_at = 0;     ///< 0 = not confirmed
  int attempts =
      0;  ///< claims that may have been carried out: those of which nobody knows, and the confirmed
  int failures = 0;              ///< attempts that did not send it
  UnixSeconds next_at = 0;       ///< not before, after a failure
  std::string state = "failed";  ///< "claimed", "failed", "sent", "uncertain" (given up), "skipped"

  bool operator==(const SummarySending&) const = default;
};

/// A page could not be sent.
struct SendingFailure {
  UnixSeconds at = 0;
  std::string night, way, error;

  bool operator==(const SendingFailure&) const = default;
};

/// A sync target that does not take what it is given.
struct TargetTrouble {
  std::string target, error;
  std::int64_t waiting = 0;  ///< changes that it has not taken
  UnixSeconds since = 0;

  bool operator==(const TargetTrouble&) const = default;
};

/// The figures of a summary over [from, until): the source of its text, HTML and JSON. Mails and events
/// belong to the time when their mail was journaled, suppressions to that of their decision. Counts by a key
/// are in falling order, then by key. What changes later is told as it stood at `until`, so that a range has
/// the same figures whenever it is asked for; only the texts of samples, and which retries are sampled, are
/// those of today.
struct RunSummary {
  UnixSeconds from = 0, until = 0;
  std::int64_t mails = 0, events = 0;
  Trend usual_events;
  std::vector<CountBy> by_kind, by_reason, by_vendor, by_advice, by_provider, by_list;
  std::vector<ProviderFigures> providers;  ///< the first of by_provider, at most summary_samples
  std::int64_t hard_bounces = 0;           ///< bounces that argue for suppressing: what services call hard
  std::int64_t complaints = 0;             ///< reports of recipients who called a mail of ours spam
  std::int64_t new_suppressions = 0, ended_suppressions = 0, active_suppressions = 0;
  std::int64_t expired_suppressions = 0;  ///< of those that ended
  std::vector<CountBy> suppressions_by_reason;
  std::vector<Suppression>
      sample_suppressions;  ///< made in the range, newest first, at most summary_samples and
                            ///< summary_samples_of_reason of one reason: address, reason, scope, source,
                            ///< decided_at, note, and of the event behind it status to rule and provider
  std::vector<ActInSummary> acts;        ///< oldest first, at most summary_samples, the newest ones
  std::int64_t soft_near_limit = 0;      ///< addresses whose last failure in the range was the last but one
  std::vector<SoftCounter> sample_soft;  ///< by address, at most summary_samples
  std::int64_t retries_pending = 0, retries_due = 0;  ///< at the last pass or import before `until`
  std::vector<Retry> sample_retries;        ///< those pending, the first due first, at most summary_samples
  std::vector<ProviderSlowdown> slowdowns;  ///< in force at some time of the range
  std::vector<OperatorIssue> issues;        ///< open ones reported in the range, most frequent in it first
  std::int64_t issues_closed = 0, issues_muted = 0;  ///< closed in the range; muted in it or before
  std::int64_t permanent_not_suppressed =
      0;  ///< addresses with a 5xx reply, which a code-only reading would have suppressed, not suppressed
  std::vector<CountBy> distrusted;  ///< BounceEvent::distrusted, by cause; no other figure but mails and
                                    ///< by_kind has them
  std::vector<Wave> waves;  ///< noticed before `until`: those that wait for a person's word, and those
                            ///< decided in the range, newest first
  std::int64_t unknown_templates = 0;  ///< wordings that no rule knows, reported in the range
  std::int64_t unrecognised = 0, quarantined = 0;
  std::int64_t duplicates = 0;  ///< mails of a server whose content had come before, in another place
  std::vector<RunRecord> runs;  ///< the last of each mailbox that began before `until`
  std::vector<MailboxHealth> mailboxes;  ///< every mailbox that was ever read, by name
  std::vector<SendingFailure> unsent;    ///< pages that could not be sent in the range, oldest first
  std::int64_t sent = 0;  ///< mails that were sent in the range; 0 = not known. The daemon's to set
  std::vector<TargetTrouble> failing_targets;  ///< sync targets that fail at `until`

  bool operator==(const RunSummary&) const = default;
};

}  // namespace bounced
