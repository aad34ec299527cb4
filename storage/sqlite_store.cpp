#include <limits>
#include <optional>

#include "storage/sqlite_acts.hpp"
#include "storage/sqlite_forget.hpp"
#include "storage/sqlite_issues.hpp"
#include "storage/sqlite_journal.hpp"
#include "storage/sqlite_retention.hpp"
#include "storage/sqlite_retries.hpp"
#include "storage/sqlite_sendings.hpp"
#include "storage/sqlite_summary.hpp"
#include "storage/sqlite_suppressions.hpp"
#include "storage/sqlite_sync.hpp"
#include "storage/sqlite_trend.hpp"
#include "storage/sqlite_unknown.hpp"
#include "storage/sqlite_waves.hpp"
#include "storage/store.hpp"

namespace bounced {
namespace {

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(SqliteDatabase& database, bool& open) : database_(database), open_(open) { open_ = true; }
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  ~SqliteTransaction() override {
    if (!committed_) database_.rollback();
    open_ = false;
  }

  Result<bool> journal(const JournalRow& row) override {
    return run([&] {
      mail_id_ = sqlite::journal(database_, row);
      seen_at_ = row.seen_at;
      first_event_ = true;
      return mail_id_ != 0;
    });
  }
  Result<AddressHistory> history(const std::string& address, UnixSeconds since) override {
    return run([&] { return sqlite::history(database_, address, since); });
  }
  Result<std::int64_t> add_event(const BounceEvent& event) override {
    if (mail_id_ == 0) return fail(Exit::internal, "an event without a new mail in the journal");
    return run([&] {
      const std::int64_t id = sqlite::add_event(database_, mail_id_, first_event_, event);
      first_event_ = false;
      if (!event.distrusted) reports_.count(event.provider, seen_at_);
      return id;
    });
  }
  Result<void> rejudge(const BounceEvent& event) override {
    const auto found = run([&] { return sqlite::rejudge(database_, event); });
    if (!found) return fail(found.error());
    if (!*found) return fail(Exit::internal, "a verdict on an event that is not there");
    return {};
  }
  Result<void> suppress(const Suppression& suppression) override {
    return run([&] { sqlite::suppress(database_, suppression); });
  }
  Result<bool> unsuppress(const std::string& address, const std::string& why, UnixSeconds at,
                          bool force) override {
    return run([&] { return sqlite::unsuppress(database_, address, why, at, force); });
  }
  Result<std::int64_t> expire(UnixSeconds now) override {
    return run([&] { return sqlite::expire(database_, now); });
  }
  Result<std::int64_t> record_act(const ManualAct& act) override {
    return run([&] { return sqlite::record_act(database_, act); });
  }
  Result<void> note_act(std::int64_t act_id, const std::string& address) override {
    return run([&] { sqlite::note_act(database_, act_id, address); });
  }
  Result<std::int64_t> forget_replaced(const SuppressionFilter& which) override {
    return run([&] { return sqlite::forget_replaced(database_, which); });
  }
  Result<bool> take_back(const std::string& address, const SuppressionFilter& which,
                         const ManualAct& act) override {
    return run([&] { return sqlite::take_back(database_, address, which, act); });
  }
  Result<bool> revoke(const std::string& address, const SuppressionFilter& which,
                      const ManualAct& act) override {
    return run([&] { return sqlite::revoke(database_, address, which, act); });
  }
  Result<std::int64_t> last_act() override {
    return run([&] { return database_.number("last_act", 0); });
  }
  Result<std::vector<VerdictCount>> verdict_counts(WaveKind kind, const std::string& name) override {
    return run([&] { return sqlite::verdict_counts(database_, kind, name); });
  }
  Result<void> count_verdicts(WaveKind kind, const std::string& name, const VerdictCount& more,
                              UnixSeconds now) override {
    return run([&] { sqlite::count_verdicts(database_, kind, name, more, now); });
  }
  Result<void> forget_verdict_counts(UnixSeconds before) override {
    return run([&] { sqlite::forget_verdict_counts(database_, before); });
  }
  Result<std::vector<Wave>> waves_of(WaveKind kind, const std::string& name) override {
    return run([&] { return sqlite::waves_of(database_, kind, name); });
  }
  Result<std::int64_t> put_wave(const Wave& wave) override {
    return run([&] { return sqlite::put_wave(database_, wave); });
  }
  Result<void> close_wave(std::int64_t wave, const std::string& state, UnixSeconds at) override {
    return run([&] { sqlite::close_wave(database_, wave, state, at); });
  }
  Result<void> hold(const Hold& held) override {
    return run([&] { sqlite::hold(database_, held); });
  }
  Result<std::vector<Hold>> hold_made(std::int64_t wave, const std::string& provider, UnixSeconds from,
                                      UnixSeconds until, UnixSeconds now,
                                      const std::function<bool(const Suppression&)>& belongs) override {
    return run([&] { return sqlite::hold_made(database_, wave, provider, from, until, now, belongs); });
  }
  Result<bool> release(std::int64_t wave, const std::string& address, const ManualAct& act) override {
    return run([&] { return sqlite::release(database_, wave, address, act); });
  }
  Result<bool> discard(std::int64_t wave, const std::string& address, const ManualAct& act) override {
    return run([&] { return sqlite::discard(database_, wave, address, act); });
  }
  Result<void> put_retry(const Retry& retry) override {
    return run([&] { sqlite::put_retry(database_, retry); });
  }
  Result<void> drop_retry(const std::string& address) override {
    return run([&] { sqlite::drop_retry(database_, address); });
  }
  Result<RetryMark> finish_retry(const std::string& address, UnixSeconds at, bool early) override {
    return run([&] { return sqlite::finish_retry(database_, address, at, early); });
  }
  Result<void> slow_down(const ProviderSlowdown& slowdown) override {
    return run([&] { sqlite::slow_down(database_, slowdown); });
  }
  Result<void> report_issue(const OperatorIssue& occurrence) override {
    return run([&] { sqlite::report_issue(database_, occurrence); });
  }
  Result<bool> set_issue_state(std::int64_t id, const std::string& state, UnixSeconds at) override {
    return run([&] { return sqlite::set_issue_state(database_, id, state, at); });
  }
  Result<std::int64_t> close_quiet_issues(UnixSeconds quiet_since, UnixSeconds at) override {
    return run([&] { return sqlite::close_quiet_issues(database_, quiet_since, at); });
  }
  Result<void> note_unknown(const UnknownTemplate& occurrence) override {
    return run([&] { sqlite::note_unknown(database_, occurrence); });
  }
  Result<void> delivered(const std::string& address, UnixSeconds at) override {
    return run([&] { sqlite::delivered(database_, address, at); });
  }
  Result<void> set_cursor(const std::string& mailbox, MailboxCursor cursor) override {
    return run([&] { sqlite::set_cursor(database_, mailbox, cursor); });
  }
  Result<void> add_run(const RunRecord& record) override {
    return run([&] { sqlite::add_run(database_, record); });
  }
  Result<void> note_retries(UnixSeconds at) override {
    return run([&] { sqlite::note_retries(database_, at); });
  }
  Result<std::optional<SummarySending>> summary_sending(const std::string& night,
                                                        const std::string& way) override {
    return run([&] { return sqlite::summary_sending(database_, night, way); });
  }
  Result<void> put_summary_sending(const SummarySending& sending) override {
    return run([&] { sqlite::put_summary_sending(database_, sending); });
  }
  Result<void> note_sending_failure(const SendingFailure& failure) override {
    return run([&] { sqlite::note_sending_failure(database_, failure); });
  }
  Result<void> commit() override {
    if (committed_) return fail(Exit::internal, "a transaction was committed twice");
    auto done = run([&] {
      reports_.write(database_);
      database_.commit();
    });
    committed_ = done.has_value();
    return done;
  }

 private:
  /// Runs an action, unless an earlier one failed: then the transaction only waits for its rollback.
  template <class Action>
  auto run(Action&& action) -> Result<std::invoke_result_t<Action>> {
    if (failure_) return fail(*failure_);
    auto done = database_.guarded(std::forward<Action>(action));
    if (!done) failure_ = done.error();
    return done;
  }

  SqliteDatabase& database_;
  bool& open_;
  std::optional<Error> failure_;
  std::int64_t mail_id_ = 0;  ///< the mail journaled last; 0 = it was a duplicate, or there is none
  UnixSeconds seen_at_ = 0;   ///< of that mail
  sqlite::ReportCounts reports_;
  bool first_event_ = true;
  bool committed_ = false;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<SqliteDatabase> database, SqliteDatabase::Mode mode)
      : database_(std::move(database)), mode_(mode) {}

  Result<std::unique_ptr<Transaction>> begin() override {
    if (mode_ == SqliteDatabase::Mode::read_only)
      return fail(Exit::internal, "a transaction on a database that was opened for reading");
    if (transaction_open_) return fail(Exit::internal, "a second transaction while one is open");
    auto begun = database_->guarded([&] { database_->begin(); });
    if (!begun) return fail(begun.error());
    return std::unique_ptr<Transaction>(std::make_unique<SqliteTransaction>(*database_, transaction_open_));
  }

  Result<bool> is_journaled(const MailKey& key) override {
    return database_->guarded([&] { return sqlite::is_journaled(*database_, key); });
  }
  Result<MailboxCursor> cursor(const std::string& mailbox) override {
    return database_->guarded([&] { return sqlite::cursor(*database_, mailbox); });
  }
  Result<std::optional<Suppression>> suppression(const std::string& address) override {
    return database_->guarded([&] { return sqlite::suppression(*database_, address); });
  }
  Result<void> suppressions(const SuppressionFilter& filter, const Each<Suppression>& each) override {
    return database_->guarded([&] { sqlite::suppressions(*database_, filter, each); });
  }
  Result<std::vector<Suppression>> replaced_suppressions(const std::string& address) override {
    return database_->guarded([&] { return sqlite::replaced_suppressions(*database_, address); });
  }
  Result<std::vector<ActOnAddress>> acts_on(const std::string& address) override {
    return database_->guarded([&] { return sqlite::acts_on(*database_, address); });
  }
  Result<std::vector<Wave>> waves(const std::string& state) override {
    return database_->guarded([&] { return sqlite::waves(*database_, state); });
  }
  Result<void> holds(const HoldFilter& filter, const Each<Hold>& each) override {
    return database_->guarded([&] { sqlite::holds(*database_, filter, each); });
  }
  Result<void> retries(UnixSeconds due_at, const Each<Retry>& each) override {
    return database_->guarded([&] { sqlite::retries(*database_, due_at, each); });
  }
  Result<std::optional<Retry>> retry(const std::string& address) override {
    return database_->guarded([&] { return sqlite::retry(*database_, address); });
  }
  Result<std::vector<ProviderSlowdown>> slowdowns(UnixSeconds now) override {
    return database_->guarded([&] {
      return sqlite::slowdowns(*database_, "slowdowns", now, std::numeric_limits<UnixSeconds>::max());
    });
  }
  Result<std::vector<OperatorIssue>> issues(const std::string& state) override {
    return database_->guarded([&] { return sqlite::issues(*database_, state); });
  }
  Result<std::vector<UnknownTemplate>> unknown_templates() override {
    return database_->guarded([&] { return sqlite::unknown_templates(*database_); });
  }
  Result<void> events(const std::string& address, const Each<BounceEvent>& each) override {
    return database_->guarded([&] { sqlite::events(*database_, address, each); });
  }
  Result<void> addresses(const std::string& after, const Each<AddressRecord>& each) override {
    return database_->guarded([&] { sqlite::addresses(*database_, after, each); });
  }
  Result<void> changes(std::int64_t after, const Each<OutboxChange>& each) override {
    return database_->guarded([&] { sqlite::changes(*database_, after, each); });
  }
  SyncStore& sync() override { return *sync_; }
  ForgetStore& forgetting() override { return *forgetting_; }
  Result<RunSummary> summary(UnixSeconds from, UnixSeconds until) override {
    return database_->guarded([&] {
      RunSummary made = sqlite::summary(*database_, from, until);
      sqlite::add_rolled(*database_, made);
      return made;
    });
  }
  Result<std::vector<SummarySending>> summary_sendings() override {
    return database_->guarded([&] { return sqlite::summary_sendings(*database_); });
  }

 private:
  std::unique_ptr<SqliteDatabase> database_;
  SqliteDatabase::Mode mode_;
  bool transaction_open_ = false;
  std::unique_ptr<SyncStore> sync_ = make_sqlite_sync(*database_, mode_, transaction_open_);
  std::unique_ptr<ForgetStore> forgetting_ = make_sqlite_forgetting(*database_, transaction_open_);
};

Result<std::unique_ptr<Store>> open_store(const std::string& path, SqliteDatabase::Mode mode,
                                          int busy_timeout_ms) {
  auto database = SqliteDatabase::open(path, mode, busy_timeout_ms);
  if (!database) return fail(database.error());
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(*database), mode));
}

/// A reader waits only for a writer that checkpoints or recovers.
constexpr int reader_busy_timeout_ms = 5000;

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, int busy_timeout_ms) {
  return open_store(path, SqliteDatabase::Mode::read_write, busy_timeout_ms);
}

Result<std::unique_ptr<Store>> open_sqlite_store_read_only(const std::string& path) {
  return open_store(path, SqliteDatabase::Mode::read_only, reader_busy_timeout_ms);
}

}  // namespace bounced
