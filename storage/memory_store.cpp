#include <algorithm>
#include <limits>

#include "storage/memory_forget.hpp"
#include "storage/memory_reports.hpp"
#include "storage/memory_retries.hpp"
#include "storage/memory_sendings.hpp"
#include "storage/memory_state.hpp"
#include "storage/memory_sync.hpp"
#include "storage/memory_undo_list.hpp"
#include "storage/memory_waves.hpp"
#include "storage/store.hpp"
#include "storage/suppression_weight.hpp"

namespace bounced {
namespace {

class MemoryTransaction final : public Transaction {
 public:
  MemoryTransaction(MemoryState& state, bool& open) : state_(state), open_(open) { open_ = true; }
  MemoryTransaction(const MemoryTransaction&) = delete;
  MemoryTransaction& operator=(const MemoryTransaction&) = delete;
  ~MemoryTransaction() override {
    if (!committed_) undo_.undo_all();
    open_ = false;
  }

  Result<bool> journal(const JournalRow& row) override {
    const auto earlier = state_.contents.find(row.key.content_hash);
    const bool again = earlier != state_.contents.end();
    mail_id_ = 0;
    if (!again) {
      undo_.keep(state_.mails);
      state_.mails.push_back(row);
      mail_id_ = static_cast<std::int64_t>(state_.mails.size());
      undo_.keep(state_.contents, row.key.content_hash);
      state_.contents[row.key.content_hash] = mail_id_;
    }
    if (row.key.uid != 0) {
      const MemoryState::Sighting key{row.key.mailbox, row.key.uid_validity, row.key.uid,
                                      again ? earlier->second : mail_id_};
      if (!state_.sightings.contains(key)) {
        undo_.keep(state_.sightings, key);
        state_.sightings[key] = {row.seen_at, again};
      }
    }
    return !again;
  }

  Result<AddressHistory> history(const std::string& address, UnixSeconds since) override {
    AddressHistory known;
    const auto found = state_.addresses.find(address);
    if (found == state_.addresses.end()) return known;
    known.soft_reset_at = found->second.soft_reset_at;
    known.last_delivered_at = found->second.last_delivered_at;
    for (const BounceEvent& event : events_of(found->second))
      if (event.at >= since && !event.distrusted) known.events.push_back(memory_judgement(event));
    if (known.events.size() > history_limit)
      known.events.erase(known.events.begin(), known.events.end() - history_limit);
    if (const auto one = state_.suppressions.find(address); one != state_.suppressions.end()) {
      known.suppressed = true;
      known.suppression_source = one->second.source;
      known.suppression_scope = one->second.scope;
      known.suppression_reason = one->second.reason;
      known.suppression_expires_at = one->second.expires_at;
    }
    memory_tell_retry(state_, address, known);
    return known;
  }

  Result<std::int64_t> add_event(const BounceEvent& event) override {
    if (mail_id_ == 0) return fail(Exit::internal, "an event without a new mail in the journal");
    undo_.keep(state_.events);
    BounceEvent added = event;
    added.id = static_cast<std::int64_t>(state_.events.size()) + 1;
    added.mail_id = mail_id_;
    added.mailbox = state_.mails[static_cast<std::size_t>(mail_id_ - 1)].key.mailbox;
    if (!state_.events.empty() && state_.events.back().mail_id == mail_id_) {
      const BounceEvent& first = state_.events.back();
      added.reporting_mta = first.reporting_mta;
      added.original_message_id = first.original_message_id;
      added.original_from = first.original_from;
      added.list_id = first.list_id;
    }
    MemoryAddress& address = address_of(event.address, event.address_as_written);
    added.address_as_written = address.as_written;
    address.events.push_back(state_.events.size());
    state_.events.push_back(added);
    return added.id;
  }

  Result<void> rejudge(const BounceEvent& event) override {
    if (event.id < 1 || event.id > static_cast<std::int64_t>(state_.events.size()))
      return fail(Exit::internal, "a verdict on an event that is not there");
    const auto position = static_cast<std::size_t>(event.id - 1);
    undo_.keep(state_.events, position);
    BounceEvent& kept = state_.events[position];
    copy_memory_verdict(event, kept);
    kept.wait_seconds = event.wait_seconds;
    kept.outcome = event.outcome;
    kept.counted = event.counted;
    kept.threshold = event.threshold;
    return {};
  }

  Result<void> suppress(const Suppression& suppression) override {
    const std::string as_written = address_of(suppression.address, suppression.address_as_written).as_written;
    const auto before = state_.suppressions.find(suppression.address);
    const bool was_suppressed = before != state_.suppressions.end();
    undo_.keep(state_.suppressions, suppression.address);
    if (was_suppressed && suppression_weight(before->second.source, before->second.scope) >=
                              suppression_weight(suppression.source, suppression.scope)) {
      Suppression& kept = before->second;
      kept.count = std::max(kept.count, suppression.count);
      kept.first_seen = std::min(kept.first_seen, suppression.first_seen);
      kept.last_seen = std::max(kept.last_seen, suppression.last_seen);
      return {};
    }
    if (was_suppressed) {
      undo_.keep(state_.replaced, suppression.address);
      state_.replaced[suppression.address].push_back(before->second);
    }
    const bool tell = !was_suppressed || before->second.scope != suppression.scope;
    Suppression& made = state_.suppressions[suppression.address];
    made = suppression;
    made.address_as_written = as_written;
    if (tell) tell_made(suppression, suppression.decided_at, was_suppressed);
    return {};
  }

  Result<bool> unsuppress(const std::string& address, const std::string& why, UnixSeconds at,
                          bool force) override {
    const auto before = state_.suppressions.find(address);
    if (before == state_.suppressions.end() || (before->second.source == "complaint" && !force)) return false;
    const OutboxChange change{0, address, false, before->second.reason, before->second.scope, at, why};
    undo_.keep(state_.suppressions, address);
    state_.suppressions.erase(before);
    undo_.keep(state_.replaced, address);
    state_.replaced.erase(address);
    MemoryAddress& known = address_of(address, address);
    known.soft_reset_at = std::max(known.soft_reset_at, at);
    add_change(change);
    return true;
  }

  Result<std::int64_t> expire(UnixSeconds now) override {
    std::vector<std::pair<UnixSeconds, std::string>> expired;
    for (const auto& [address, one] : state_.suppressions)
      if (one.expires_at > 0 && one.expires_at <= now) expired.emplace_back(one.expires_at, address);
    for (const auto& [expires_at, address] : expired)
      if (auto ended = unsuppress(address, "expired", now, true); !ended) return fail(ended.error());
    return static_cast<std::int64_t>(expired.size());
  }

  Result<std::int64_t> record_act(const ManualAct& act) override {
    undo_.keep(state_.acts);
    state_.acts.push_back(act);
    state_.acts.back().id = static_cast<std::int64_t>(state_.acts.size());
    return state_.acts.back().id;
  }

  Result<void> note_act(std::int64_t act_id, const std::string& address) override {
    const auto about = state_.suppressions.find(address);
    if (about == state_.suppressions.end()) return {};
    undo_.keep(state_.acts_on, address);
    std::vector<ActOnAddress>& notes = state_.acts_on[address];
    if (!notes.empty() && notes.back().act.id == act_id) return {};
    const Suppression& one = about->second;
    notes.push_back({state_.acts.at(static_cast<std::size_t>(act_id - 1)), one.reason, one.source, one.scope,
                     one.decided_at});
    return {};
  }

  Result<std::int64_t> forget_replaced(const SuppressionFilter& which) override {
    std::size_t forgotten = 0;
    for (auto& [address, replaced] : state_.replaced) {
      undo_.keep(state_.replaced, address);
      forgotten += std::erase_if(replaced, [&](const Suppression& one) { return selects(which, one); });
    }
    return static_cast<std::int64_t>(forgotten);
  }

  Result<bool> revoke(const std::string& address, const SuppressionFilter& which,
                      const ManualAct& act) override {
    const auto found = state_.suppressions.find(address);
    if (found == state_.suppressions.end() || !selects(which, found->second)) return false;
    if (auto noted = note_act(act.id, address); !noted) return fail(noted.error());
    give_way(address, act.at, act.why);
    return true;
  }

  Result<bool> take_back(const std::string& address, const SuppressionFilter& which,
                         const ManualAct& act) override {
    auto taken = revoke(address, which, act);
    if (!taken || !*taken) return taken;
    MemoryAddress& known = address_of(address, address);
    known.soft_reset_at = std::max(known.soft_reset_at, act.at);
    return true;
  }

  Result<std::int64_t> last_act() override { return static_cast<std::int64_t>(state_.acts.size()); }
  Result<std::vector<VerdictCount>> verdict_counts(WaveKind kind, const std::string& name) override {
    return waves_.verdict_counts(kind, name);
  }
  Result<void> count_verdicts(WaveKind kind, const std::string& name, const VerdictCount& more,
                              UnixSeconds now) override {
    return waves_.count_verdicts(kind, name, more, now), Result<void>();
  }
  Result<void> forget_verdict_counts(UnixSeconds before) override {
    return waves_.forget_verdict_counts(before), Result<void>();
  }
  Result<std::vector<Wave>> waves_of(WaveKind kind, const std::string& name) override {
    return waves_.waves_of(kind, name);
  }
  Result<std::int64_t> put_wave(const Wave& wave) override { return waves_.put_wave(wave); }
  Result<void> close_wave(std::int64_t wave, const std::string& state, UnixSeconds at) override {
    return waves_.close_wave(wave, state, at), Result<void>();
  }
  Result<void> hold(const Hold& held) override {
    address_of(held.suppression.address, held.suppression.address_as_written);
    return waves_.hold(held), Result<void>();
  }
  Result<std::vector<Hold>> hold_made(std::int64_t wave, const std::string& provider, UnixSeconds from,
                                      UnixSeconds until, UnixSeconds now,
                                      const std::function<bool(const Suppression&)>& belongs) override {
    std::vector<Hold> held = waves_.holdable(wave, provider, from, until, belongs);
    for (const Hold& one : held) {
      give_way(one.suppression.address, now, "held: it belongs to wave " + std::to_string(wave));
      waves_.hold(one);
      waves_.mark(one.suppression.event_id, wave, "held");
    }
    return held;
  }

  Result<bool> release(std::int64_t wave, const std::string& address, const ManualAct& act) override {
    std::optional<Hold> held = waves_.settle(wave, address, 0, act);
    if (!held) return false;
    Suppression& made = held->suppression;
    const bool is_over = made.expires_at != 0 && made.expires_at <= act.at;
    if (is_over || address_of(address, address).soft_reset_at >= held->at) return false;
    made.decided_at = act.at;
    if (auto done = suppress(made); !done) return fail(done.error());
    return true;
  }

  Result<bool> discard(std::int64_t wave, const std::string& address, const ManualAct& act) override {
    return waves_.settle(wave, address, -wave, act).has_value();
  }

  Result<void> put_retry(const Retry& retry) override {
    return memory_put_retry(state_, undo_, retry), Result<void>();
  }
  Result<void> drop_retry(const std::string& address) override {
    return memory_drop_retry(state_, undo_, address), Result<void>();
  }
  Result<RetryMark> finish_retry(const std::string& address, UnixSeconds at, bool early) override {
    return memory_finish_retry(state_, undo_, address, at, early);
  }

  Result<void> slow_down(const ProviderSlowdown& slowdown) override {
    return memory_slow_down(state_, undo_, slowdown), Result<void>();
  }
  Result<void> report_issue(const OperatorIssue& occurrence) override {
    return memory_report_issue(state_, undo_, occurrence), Result<void>();
  }
  Result<bool> set_issue_state(std::int64_t id, const std::string& state, UnixSeconds at) override {
    return memory_set_issue_state(state_, undo_, id, state, at);
  }
  Result<std::int64_t> close_quiet_issues(UnixSeconds quiet_since, UnixSeconds at) override {
    return memory_close_quiet_issues(state_, undo_, quiet_since, at);
  }
  Result<void> note_unknown(const UnknownTemplate& occurrence) override {
    return memory_note_unknown(state_, undo_, occurrence), Result<void>();
  }

  Result<void> delivered(const std::string& address, UnixSeconds at) override {
    MemoryAddress& known = address_of(address, address);
    known.soft_reset_at = std::max(known.soft_reset_at, at);
    known.last_delivered_at = std::max(known.last_delivered_at, at);
    return {};
  }

  Result<void> set_cursor(const std::string& mailbox, MailboxCursor cursor) override {
    undo_.keep(state_.cursors, mailbox);
    state_.cursors[mailbox] = cursor;
    return {};
  }

  Result<void> add_run(const RunRecord& run) override {
    undo_.keep(state_.runs);
    state_.runs.push_back(run);
    return {};
  }
  Result<void> note_retries(UnixSeconds at) override {
    return memory_note_retries(state_, undo_, at), Result<void>();
  }
  Result<std::optional<SummarySending>> summary_sending(const std::string& night,
                                                        const std::string& way) override {
    return memory_sending(state_, night, way);
  }
  Result<void> put_summary_sending(const SummarySending& sending) override {
    return memory_put_sending(state_, undo_, sending), Result<void>();
  }
  Result<void> note_sending_failure(const SendingFailure& failure) override {
    return memory_note_sending_failure(state_, undo_, failure), Result<void>();
  }

  Result<void> commit() override {
    if (committed_) return fail(Exit::internal, "a transaction was committed twice");
    committed_ = true;
    return {};
  }

 private:
  /// Ends the suppression of an address, which is in force, and lets the one it replaced last return.
  void give_way(const std::string& address, UnixSeconds at, const std::string& why) {
    const Suppression taken = state_.suppressions.at(address);
    undo_.keep(state_.suppressions, address);
    state_.suppressions.erase(address);
    undo_.keep(state_.replaced, address);
    std::vector<Suppression>& replaced = state_.replaced[address];
    std::optional<Suppression> back;
    for (; !back && !replaced.empty(); replaced.pop_back())
      if (replaced.back().expires_at == 0 || replaced.back().expires_at > at) back = replaced.back();
    if (back) state_.suppressions[address] = *back;
    if (back && back->scope == taken.scope) return;
    add_change({0, address, false, taken.reason, taken.scope, at, why});
    if (back) tell_made(*back, at);
  }

  /// The address's entry, made when it is new; free to be changed.
  MemoryAddress& address_of(const std::string& address, const std::string& as_written) {
    undo_.keep(state_.addresses, address);
    const auto [entry, is_new] = state_.addresses.try_emplace(address);
    if (is_new) entry->second.as_written = as_written.empty() ? address : as_written;
    return entry->second;
  }

  [[nodiscard]] std::vector<BounceEvent> events_of(const MemoryAddress& address) const {
    std::vector<BounceEvent> rows;
    for (const std::size_t position : address.events) rows.push_back(state_.events[position]);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const BounceEvent& a, const BounceEvent& b) { return a.at < b.at; });
    return rows;
  }

  void tell_made(const Suppression& made, UnixSeconds at, bool again = false) {
    add_change({0, made.address, true, made.reason, made.scope, at, made.note, made.event_id, made.confidence,
                list_of_event(state_, made.event_id)},
               again);
  }

  void add_change(OutboxChange change, bool again = false) {
    undo_.keep(state_.traces.again);
    state_.traces.again.push_back(again);
    undo_.keep(state_.outbox);
    change.number = static_cast<std::int64_t>(state_.outbox.size()) + 1;
    state_.outbox.push_back(std::move(change));
  }

  MemoryState& state_;
  bool& open_;
  UndoList undo_;
  MemoryWaves waves_{state_, undo_};
  std::int64_t mail_id_ = 0;
  bool committed_ = false;
};

class MemoryStore final : public Store {
 public:
  Result<std::unique_ptr<Transaction>> begin() override {
    if (transaction_open_) return fail(Exit::internal, "a second transaction while one is open");
    return std::unique_ptr<Transaction>(std::make_unique<MemoryTransaction>(state_, transaction_open_));
  }

  Result<bool> is_journaled(const MailKey& key) override {
    if (!key.content_hash.empty()) return state_.contents.contains(key.content_hash);
    const auto at_key = state_.sightings.lower_bound({key.mailbox, key.uid_validity, key.uid, 0});
    return at_key != state_.sightings.end() && std::get<0>(at_key->first) == key.mailbox &&
           std::get<1>(at_key->first) == key.uid_validity && std::get<2>(at_key->first) == key.uid;
  }

  Result<MailboxCursor> cursor(const std::string& mailbox) override {
    const auto found = state_.cursors.find(mailbox);
    return found == state_.cursors.end() ? MailboxCursor{} : found->second;
  }

  Result<std::optional<Suppression>> suppression(const std::string& address) override {
    const auto found = state_.suppressions.find(address);
    if (found == state_.suppressions.end()) return std::optional<Suppression>();
    return std::optional<Suppression>(found->second);
  }

  Result<void> suppressions(const SuppressionFilter& filter, const Each<Suppression>& each) override {
    for (const auto& [address, one] : state_.suppressions)
      if (selects(filter, one) && !each(one)) break;
    return {};
  }

  Result<std::vector<Suppression>> replaced_suppressions(const std::string& address) override {
    const auto found = state_.replaced.find(address);
    return found == state_.replaced.end() ? std::vector<Suppression>() : found->second;
  }

  Result<std::vector<ActOnAddress>> acts_on(const std::string& address) override {
    const auto found = state_.acts_on.find(address);
    return found == state_.acts_on.end() ? std::vector<ActOnAddress>() : found->second;
  }

  Result<std::vector<Wave>> waves(const std::string& state) override { return memory_waves(state_, state); }

  Result<void> holds(const HoldFilter& filter, const Each<Hold>& each) override {
    for (const auto& [key, held] : state_.holds)
      if (selects(filter, held) && !each(held)) break;
    return {};
  }

  Result<void> retries(UnixSeconds due_at, const Each<Retry>& each) override {
    for (const Retry& retry : memory_retries(state_))
      if ((due_at == 0 || retry.retry_after <= due_at) && !each(retry)) break;
    return {};
  }

  Result<std::optional<Retry>> retry(const std::string& address) override {
    const auto found = state_.retries.find(address);
    return found == state_.retries.end() ? std::nullopt : std::optional(found->second);
  }

  Result<std::vector<ProviderSlowdown>> slowdowns(UnixSeconds now) override {
    return memory_slowdowns(state_, now, std::numeric_limits<UnixSeconds>::max());
  }

  Result<std::vector<OperatorIssue>> issues(const std::string& state) override {
    return memory_issues(state_, state);
  }

  Result<std::vector<UnknownTemplate>> unknown_templates() override { return memory_unknown(state_); }

  Result<void> events(const std::string& address, const Each<BounceEvent>& each) override {
    std::vector<BounceEvent> rows;
    for (const BounceEvent& event : state_.events)
      if (event.address == address) rows.push_back(event);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const BounceEvent& a, const BounceEvent& b) { return a.at < b.at; });
    for (const BounceEvent& event : rows)
      if (!each(event)) break;
    return {};
  }

  Result<void> addresses(const std::string& after, const Each<AddressRecord>& each) override {
    for (auto entry = state_.addresses.upper_bound(after); entry != state_.addresses.end(); ++entry) {
      AddressRecord record{entry->first, entry->second.soft_reset_at, entry->second.last_delivered_at, {}};
      for (const std::size_t position : entry->second.events)
        record.events.push_back(state_.events[position]);
      if (!record.events.empty() && !each(record)) break;
    }
    return {};
  }

  Result<void> changes(std::int64_t after, const Each<OutboxChange>& each) override {
    for (const OutboxChange& change : state_.outbox)
      if (change.number > after && !each(change)) break;
    return {};
  }

  SyncStore& sync() override { return sync_; }
  ForgetStore& forgetting() override { return forgetting_; }
  Result<RunSummary> summary(UnixSeconds from, UnixSeconds until) override {
    return memory_summary(state_, from, until);
  }
  Result<std::vector<SummarySending>> summary_sendings() override { return memory_sendings(state_); }

 private:
  MemoryState state_;
  bool transaction_open_ = false;
  MemorySync sync_{state_, transaction_open_};
  MemoryForgetting forgetting_{state_, transaction_open_};
};

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace bounced
