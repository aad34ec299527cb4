// The contract of the database. Implementations: sqlite_store, memory_store (tests); tests/contract runs one
// suite over each. Everything that one mail causes is written in one Transaction: all there after commit(),
// or nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parser/result.hpp"
#include "storage/forget_store.hpp"
#include "storage/hold_filter.hpp"
#include "storage/records.hpp"
#include "storage/suppression_filter.hpp"
#include "storage/sync_store.hpp"

namespace bounced {

/// A write transaction. Only one lives at a time; the destructor rolls back what was not committed and never
/// throws. Reads through it see its own writes. Errors: Exit::io (disk full, damaged), Exit::try_again
/// (locked by another process). After an error every later call gives the same error, commit() too.
class Transaction {
 public:
  virtual ~Transaction() = default;

  /// Adds a mail to the journal. False when this content is there already, under whatever key: then nothing
  /// else may be written for it. (The place it was seen at is noted, once; RunSummary::duplicates counts
  /// these.)
  virtual Result<bool> journal(const JournalRow& row) = 0;
  /// What is known of an address (normal form), with events at or after `since`; never a distrusted one.
  virtual Result<AddressHistory> history(const std::string& address, UnixSeconds since) = 0;
  /// Adds an event to the mail journaled last (Exit::internal when there is none, or it was there already);
  /// returns its id. `id`, `mail_id` and `mailbox` of the event are the store's to set.
  virtual Result<std::int64_t> add_event(const BounceEvent& event) = 0;
  /// Writes anew what rules and policy say of an event that is there (`id`): reason to vendor, provider,
  /// wait_seconds, outcome, counted and threshold. The evidence stays. Exit::internal when there is none.
  virtual Result<void> rejudge(const BounceEvent& event) = 0;
  /// Makes or refreshes a suppression. New, or replacing one that weighs less (a complaint above a person's
  /// own above all others, and one for every sender above one for a single sender), it is written whole; else
  /// only count, first_seen and last_seen of the old one move. A change goes into the outbox when the address
  /// was not suppressed before, or for a single sender only. What is replaced is kept for take_back.
  virtual Result<void> suppress(const Suppression& suppression) = 0;
  /// Ends a suppression (nothing when there is none) and those that it replaced, resets the soft counters
  /// from `at`, puts a change into the outbox. False when there was none, or when it is a complaint and
  /// `force` is false.
  virtual Result<bool> unsuppress(const std::string& address, const std::string& why, UnixSeconds at,
                                  bool force) = 0;
  /// Ends every suppression whose expires_at is not after `now`, as unsuppress does; returns how many.
  virtual Result<std::int64_t> expire(UnixSeconds now) = 0;
  /// Keeps what a person does; returns its id.
  virtual Result<std::int64_t> record_act(const ManualAct& act) = 0;
  /// Notes that a recorded act is about the suppression of an address that is in force now: to be called
  /// before the act ends it, or after the act made it. Nothing when there is none.
  virtual Result<void> note_act(std::int64_t act_id, const std::string& address) = 0;
  /// Forgets the selected ones among the suppressions that others replaced, so that they can't come back;
  /// returns how many. An undo calls it before take_back.
  virtual Result<std::int64_t> forget_replaced(const SuppressionFilter& which) = 0;
  /// Takes back the suppression of an address, when `which` selects it (else false): the one it replaced last
  /// is in force again, if that has not expired by `act.at`. The soft counters start anew from then; the
  /// outbox tells the end, unless one of the same scope comes back, and then what came back. Notes the act
  /// (recorded before, with its id).
  virtual Result<bool> take_back(const std::string& address, const SuppressionFilter& which,
                                 const ManualAct& act) = 0;
  /// As take_back, where the evidence is judged anew and no longer carries the suppression: the counters go
  /// on.
  virtual Result<bool> revoke(const std::string& address, const SuppressionFilter& which,
                              const ManualAct& act) = 0;
  /// The id of the newest act; 0 = none yet. Who keeps what this database said compares it.
  virtual Result<std::int64_t> last_act() = 0;

  /// What is counted of a provider or a text: slots that have a count, in order of time.
  virtual Result<std::vector<VerdictCount>> verdict_counts(WaveKind kind, const std::string& name) = 0;
  /// Adds to a slot; what falls below 0 is 0.
  virtual Result<void> count_verdicts(WaveKind kind, const std::string& name, const VerdictCount& more,
                                      UnixSeconds now) = 0;
  /// Forgets slots that lie before a time and have not been written since then.
  virtual Result<void> forget_verdict_counts(UnixSeconds before) = 0;
  /// The waves of a provider or a text, oldest first; Wave::held is not counted.
  virtual Result<std::vector<Wave>> waves_of(WaveKind kind, const std::string& name) = 0;
  /// Makes a wave (id 0), or writes first_at, last_at, count and a later told_at of a known
  /// one; returns its id.
  virtual Result<std::int64_t> put_wave(const Wave& wave) = 0;
  /// Sets state and decided_at. The events of a released one belong to no wave any more.
  virtual Result<void> close_wave(std::int64_t wave, const std::string& state, UnixSeconds at) = 0;
  /// Keeps a suppression back. Of one address and wave the first one stays, with the newest last_seen.
  virtual Result<void> hold(const Hold& held) = 0;
  /// Holds what is in force already: each suppression of the policy by an event in [from, until) that
  /// `belongs` selects ends (what it replaced holds again, the outbox tells it) and becomes a hold of the
  /// wave; its event belongs to the wave then. `provider` "" = any. Returns the new holds.
  virtual Result<std::vector<Hold>> hold_made(std::int64_t wave, const std::string& provider,
                                              UnixSeconds from, UnixSeconds until, UnixSeconds now,
                                              const std::function<bool(const Suppression&)>& belongs) = 0;
  /// A hold was right: the suppression is made, its events count again, the act (recorded before) is noted.
  /// False when it is not there, or when nothing came of it: it would be over by `act.at`, or the counters of
  /// the address were reset since.
  virtual Result<bool> release(std::int64_t wave, const std::string& address, const ManualAct& act) = 0;
  /// A hold was wrong: it goes, and its events count no more. False when it is not there.
  virtual Result<bool> discard(std::int64_t wave, const std::string& address, const ManualAct& act) = 0;

  /// Makes or replaces the retry of the address: pending, unless it says done_at.
  virtual Result<void> put_retry(const Retry& retry) = 0;
  virtual Result<void> drop_retry(const std::string& address) = 0;
  /// The address was mailed again: its retry is pending no more, and its attempts stay counted. One that is
  /// not due at `at` stays as it is unless `early`: it answers a failure that came since it was asked for.
  virtual Result<RetryMark> finish_retry(const std::string& address, UnixSeconds at, bool early) = 0;
  /// Begins a slow-down, or makes the running one of (provider, reason) last longer and counts in it.
  virtual Result<void> slow_down(const ProviderSlowdown& slowdown) = 0;
  /// Adds `occurrence.count` to the issue of (provider, reason, normalised_text), opening or reopening it; a
  /// muted one stays muted. The newest occurrence gives the sample text.
  virtual Result<void> report_issue(const OperatorIssue& occurrence) = 0;
  /// Closes, mutes or opens an issue. False when there is none of this number, or it has that state already.
  virtual Result<bool> set_issue_state(std::int64_t id, const std::string& state, UnixSeconds at) = 0;
  /// Closes the open issues that neither happened nor were reported since then; returns how many.
  virtual Result<std::int64_t> close_quiet_issues(UnixSeconds quiet_since, UnixSeconds at) = 0;
  /// Adds `occurrence.count` to the template of (vendor, text), and its samples where there is room. Texts
  /// are cut to unknown_text_bytes. A new template above unknown_templates_kept costs the rarest one, of
  /// these the one not seen for longest.
  virtual Result<void> note_unknown(const UnknownTemplate& occurrence) = 0;
  /// A delivery report: soft counters of the address restart at `at`.
  virtual Result<void> delivered(const std::string& address, UnixSeconds at) = 0;
  virtual Result<void> set_cursor(const std::string& mailbox, MailboxCursor cursor) = 0;
  virtual Result<void> add_run(const RunRecord& run) = 0;
  /// Notes how many retries are pending, and due at `at`, for the summaries of ranges that end after it: at
  /// the end of a pass or an import.
  virtual Result<void> note_retries(UnixSeconds at) = 0;
  /// What is known of sending a page; nothing when nobody has begun.
  virtual Result<std::optional<SummarySending>> summary_sending(const std::string& night,
                                                                const std::string& way) = 0;
  virtual Result<void> put_summary_sending(const SummarySending& sending) = 0;
  virtual Result<void> note_sending_failure(const SendingFailure& failure) = 0;
  virtual Result<void> commit() = 0;
};

/// Called for each row of a streamed query; return false to stop.
template <class Row>
using Each = std::function<bool(const Row&)>;

class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::unique_ptr<Transaction>> begin() = 0;

  /// True when the mail is in the journal already: by its content, or by mailbox, UIDVALIDITY and UID when
  /// `content_hash` is empty.
  virtual Result<bool> is_journaled(const MailKey& key) = 0;
  virtual Result<MailboxCursor> cursor(const std::string& mailbox) = 0;
  virtual Result<std::optional<Suppression>> suppression(const std::string& address) = 0;
  /// In stable order (address), streamed: constant memory.
  virtual Result<void> suppressions(const SuppressionFilter& filter, const Each<Suppression>& each) = 0;
  /// The suppressions that the one in force replaced, and that would come back when it is taken back: the
  /// one replaced last comes last.
  virtual Result<std::vector<Suppression>> replaced_suppressions(const std::string& address) = 0;
  /// What people did to the suppressions of an address, oldest first.
  virtual Result<std::vector<ActOnAddress>> acts_on(const std::string& address) = 0;
  /// Newest first. `state` "" = all.
  virtual Result<std::vector<Wave>> waves(const std::string& state) = 0;
  /// By wave, then by address, streamed.
  virtual Result<void> holds(const HoldFilter& filter, const Each<Hold>& each) = 0;
  /// Those pending, in order of retry_after. `due_at` 0 = all.
  virtual Result<void> retries(UnixSeconds due_at, const Each<Retry>& each) = 0;
  /// The retry of an address, pending or done.
  virtual Result<std::optional<Retry>> retry(const std::string& address) = 0;
  virtual Result<std::vector<ProviderSlowdown>> slowdowns(UnixSeconds now) = 0;
  /// Most frequent first. `state` "" = all.
  virtual Result<std::vector<OperatorIssue>> issues(const std::string& state) = 0;
  /// Most frequent first.
  virtual Result<std::vector<UnknownTemplate>> unknown_templates() = 0;
  /// Oldest first.
  virtual Result<void> events(const std::string& address, const Each<BounceEvent>& each) = 0;
  /// Every address behind `after` that has events, in order (address), streamed: the memory of one address.
  virtual Result<void> addresses(const std::string& after, const Each<AddressRecord>& each) = 0;
  /// Changes with a number above `after`, in order.
  virtual Result<void> changes(std::int64_t after, const Each<OutboxChange>& each) = 0;
  /// What each sync target has been told of them. Not to be written to while a transaction is open.
  virtual SyncStore& sync() = 0;
  /// Addresses that were forgotten. Not to be written to while a transaction is open.
  virtual ForgetStore& forgetting() = 0;
  virtual Result<RunSummary> summary(UnixSeconds from, UnixSeconds until) = 0;
  /// Pages that were sent or tried, the latest night first.
  virtual Result<std::vector<SummarySending>> summary_sendings() = 0;
};

/// Opens (and creates, and migrates) the SQLite database at `path`. Errors: Exit::io for a missing directory
/// and a damaged file, Exit::data for a file that is no database or another program's, Exit::config for a
/// schema newer than this program, Exit::no_permission for a file that may not be written, Exit::try_again
/// when another process holds the lock longer than `busy_timeout_ms`.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, int busy_timeout_ms = 5000);
/// The same for reading only: never creates, never migrates. Exit::no_input when there is no such file.
Result<std::unique_ptr<Store>> open_sqlite_store_read_only(const std::string& path);
/// A store in memory, for tests and `--dry-run`.
std::unique_ptr<Store> make_memory_store();

}  // namespace bounced
