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
#include "storage/records.hpp"

namespace bounced {

/// A write transaction. Only one lives at a time; the destructor rolls back what was not committed and never
/// throws. Reads through it see its own writes. Errors: Exit::io (disk full, damaged), Exit::try_again
/// (locked by another process).
class Transaction {
 public:
  virtual ~Transaction() = default;

  /// Adds a mail to the journal. False when this key or this content is there already: then nothing else may
  /// be written for it.
  virtual Result<bool> journal(const JournalRow& row) = 0;
  /// What is known of an address (normal form), with events at or after `since`.
  virtual Result<AddressHistory> history(const std::string& address, UnixSeconds since) = 0;
  /// Adds an event to the mail journaled last; returns its id.
  virtual Result<std::int64_t> add_event(const BounceEvent& event) = 0;
  /// Makes or refreshes a suppression; puts a change into the outbox when the address was not suppressed
  /// before.
  virtual Result<void> suppress(const Suppression& suppression) = 0;
  /// Ends a suppression (nothing when there is none), resets the soft counters from `at`, puts a change into
  /// the outbox. False when there was none, or when it is a complaint and `force` is false.
  virtual Result<bool> unsuppress(const std::string& address, const std::string& why, UnixSeconds at,
                                  bool force) = 0;
  virtual Result<void> put_retry(const Retry& retry) = 0;
  virtual Result<void> drop_retry(const std::string& address) = 0;
  virtual Result<void> slow_down(const ProviderSlowdown& slowdown) = 0;
  /// Counts an occurrence in the issue of (provider, reason, normalised_text), opening or reopening it.
  virtual Result<void> report_issue(const OperatorIssue& occurrence) = 0;
  /// A delivery report: soft counters of the address restart at `at`.
  virtual Result<void> delivered(const std::string& address, UnixSeconds at) = 0;
  virtual Result<void> set_cursor(const std::string& mailbox, MailboxCursor cursor) = 0;
  virtual Result<void> add_run(const RunRecord& run) = 0;
  virtual Result<void> commit() = 0;
};

/// Called for each row of a streamed query; return false to stop.
template <class Row>
using Each = std::function<bool(const Row&)>;

struct SuppressionFilter {
  std::optional<Reason> reason;
  std::string domain;  ///< exact domain of the address
  std::string source;
  UnixSeconds decided_since = 0, decided_until = 0;  ///< 0 = no bound
};

class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::unique_ptr<Transaction>> begin() = 0;

  /// True when the mail is in the journal already, by key or by content.
  virtual Result<bool> is_journaled(const MailKey& key) = 0;
  virtual Result<MailboxCursor> cursor(const std::string& mailbox) = 0;
  virtual Result<std::optional<Suppression>> suppression(const std::string& address) = 0;
  /// In stable order (address), streamed: constant memory.
  virtual Result<void> suppressions(const SuppressionFilter& filter, const Each<Suppression>& each) = 0;
  /// In order of retry_after. `due_at` 0 = all.
  virtual Result<void> retries(UnixSeconds due_at, const Each<Retry>& each) = 0;
  virtual Result<std::vector<ProviderSlowdown>> slowdowns(UnixSeconds now) = 0;
  virtual Result<std::vector<OperatorIssue>> issues(const std::string& state) = 0;  ///< "" = all
  virtual Result<void> events(const std::string& address, const Each<BounceEvent>& each) = 0;
  /// Changes with a number above `after`, in order.
  virtual Result<void> changes(std::int64_t after, const Each<OutboxChange>& each) = 0;
  virtual Result<RunSummary> summary(UnixSeconds from, UnixSeconds until) = 0;
};

/// Opens (and creates, and migrates) the SQLite database at `path`. Errors: Exit::io for a foreign or damaged
/// file and for a missing directory, Exit::config for a schema newer than this program, Exit::try_again when
/// another process holds the lock longer than `busy_timeout_ms`.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, int busy_timeout_ms = 5000);
/// The same for reading only: never creates, never migrates.
Result<std::unique_ptr<Store>> open_sqlite_store_read_only(const std::string& path);
/// A store in memory, for tests and `--dry-run`.
std::unique_ptr<Store> make_memory_store();

}  // namespace bounced
