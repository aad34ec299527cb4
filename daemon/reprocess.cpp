#include "daemon/reprocess.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "daemon/event_record.hpp"
#include "daemon/replay.hpp"

namespace bounced {
namespace {

Reply reply_of(const BounceEvent& event) {
  Reply reply;
  reply.text = event.diagnostic;
  reply.reply_code = event.reply_code;
  reply.status = event.status;
  reply.command = event.command;
  reply.remote_mta = event.remote_mta;
  reply.reporting_mta = event.reporting_mta;
  reply.recipient = event.address_as_written.empty() ? event.address : event.address_as_written;
  return reply;
}

bool same_verdict(const BounceEvent& a, const BounceEvent& b) {
  return a.reason == b.reason && a.fault == b.fault && a.permanence == b.permanence &&
         a.confidence == b.confidence && a.advice == b.advice && a.confirm == b.confirm &&
         a.wait_seconds == b.wait_seconds;
}

bool same_explanation(const BounceEvent& a, const BounceEvent& b) {
  return a.rule == b.rule && a.vendor == b.vendor && a.provider == b.provider;
}

bool is_operators(const BounceEvent& event) {
  return event.kind == Kind::bounce && !event.distrusted && event.advice == Advice::alert;
}

/// One address with other verdicts than so far.
struct Change {
  AddressRecord record;  ///< as kept
  std::vector<BounceEvent> changed;
  std::vector<OperatorIssue> issues;
  std::optional<StandingChange> standing;
  std::optional<Retry> retry;  ///< of an address that is taken back
};

const BounceEvent* event_of_id(const std::vector<BounceEvent>& events, std::int64_t id) {
  for (const BounceEvent& event : events)
    if (event.id == id) return &event;
  return nullptr;
}

class Reprocess {
 public:
  Reprocess(Store& store, const Judge& judge, const PolicySettings& policy, UnixSeconds now)
      : store_(store), judge_(judge), policy_(policy), now_(now) {}

  /// What changes for an address; none when nothing does.
  Result<std::optional<Change>> look_at(const AddressRecord& record) {
    ++report_.counts.addresses;
    Change change;
    AddressRecord today{record.address, record.soft_reset_at, record.last_delivered_at, {}};
    for (const BounceEvent& event : record.events) today.events.push_back(judge(event, change));
    if (change.changed.empty()) return std::optional<Change>();
    const Standing before = replay(record, policy_, now_);
    Standing after = replay(today, policy_, now_);
    for (BounceEvent& event : change.changed)
      if (const BounceEvent* decided = event_of_id(after.events, event.id)) event = *decided;
    change.record = record;
    if (auto compared = compare(before, after, change); !compared) return fail(compared.error());
    return std::optional<Change>(std::move(change));
  }

  Result<void> write(Transaction& transaction, const Change& change, const ManualAct& act) {
    for (const BounceEvent& event : change.changed)
      if (auto done = transaction.rejudge(event); !done) return done;
    for (const OperatorIssue& issue : change.issues)
      if (auto done = transaction.report_issue(issue); !done) return done;
    if (!change.standing) return {};
    const std::string& address = change.record.address;
    if (change.standing->what == StandingChange::What::suppressed) {
      if (auto done = transaction.suppress(change.standing->suppression); !done) return done;
      if (auto done = transaction.drop_retry(address); !done) return done;
      return transaction.note_act(act.id, address);
    }
    if (auto done = transaction.revoke(address, by_policy(), act); !done) return fail(done.error());
    return change.retry ? transaction.put_retry(*change.retry) : Result<void>();
  }

  ReprocessReport& report() { return report_; }
  Store& store() { return store_; }

 private:
  static SuppressionFilter by_policy() {
    SuppressionFilter which;
    which.source = "policy";
    return which;
  }

  /// The event as today's rules judge it; noted in `change` where that is otherwise than so far.
  BounceEvent judge(const BounceEvent& was, Change& change) {
    ++report_.counts.events;
    Verdict verdict;
    BounceEvent event = judged_again(was, judge_, verdict);
    const bool same = same_verdict(was, event);
    if (same && same_explanation(was, event)) return event;
    change.changed.push_back(event);
    if (same) {
      ++report_.counts.renamed;
      return event;
    }
    ++report_.counts.changed;
    VerdictChange& alike = report_.verdicts[{was.reason, event.reason, event.rule}];
    if (alike.count++ == 0) alike.sample = was.diagnostic;
    if (!is_operators(event) || is_operators(was)) return event;
    ++report_.counts.issues;
    change.issues.push_back(issue_by(event, verdict, now_));
    return event;
  }

  /// Fills in what becomes of the address, where the verdicts alone make the difference.
  Result<void> compare(const Standing& before, const Standing& after, Change& change) {
    const auto stored = store_.suppression(change.record.address);
    if (!stored) return fail(stored.error());
    const bool holds = *stored && ((*stored)->expires_at == 0 || (*stored)->expires_at > now_);
    if (after.suppressed() && !before.suppressed() && !holds) {
      suppressed(*after.suppression, change);
    } else if (before.suppressed() && !after.suppressed() && holds && (*stored)->source == "policy") {
      taken_back(**stored, after, change);
    }
    return {};
  }

  void suppressed(const Suppression& made, Change& change) {
    ++report_.counts.suppressed;
    change.standing = StandingChange{StandingChange::What::suppressed, made, made.reason, made.reason};
    if (const BounceEvent* was = event_of_id(change.record.events, made.event_id))
      change.standing->was = was->reason;
  }

  void taken_back(const Suppression& ends, const Standing& after, Change& change) {
    ++report_.counts.taken_back;
    change.standing = StandingChange{StandingChange::What::taken_back, ends, ends.reason, ends.reason};
    if (const BounceEvent* is = event_of_id(after.events, ends.event_id)) change.standing->is = is->reason;
    if (after.newest && after.last.retry_after > now_) change.retry = retry_by(after.last, *after.newest);
  }

  Store& store_;
  const Judge& judge_;
  const PolicySettings& policy_;
  UnixSeconds now_;
  ReprocessReport report_;
};

/// The next changes behind the address `after`, at most `most`; moves `after` on. `ended`: these are the
/// last.
Result<std::vector<Change>> next_changes(Reprocess& run, std::string& after, std::size_t most, bool& ended) {
  std::vector<Change> changes;
  std::optional<Error> failure;
  ended = true;
  const auto read = run.store().addresses(after, [&](const AddressRecord& record) {
    auto change = run.look_at(record);
    if (!change) {
      failure = change.error();
      return false;
    }
    after = record.address;
    if (*change) changes.push_back(std::move(**change));
    ended = changes.size() < most;
    return ended;
  });
  if (failure) return fail(*failure);
  if (!read) return fail(read.error());
  return changes;
}

Result<void> write_batch(Reprocess& run, const std::vector<Change>& changes, ManualAct& act) {
  if (changes.empty()) return {};
  auto transaction = run.store().begin();
  if (!transaction) return fail(transaction.error());
  if (act.id == 0) {
    const auto id = (*transaction)->record_act(act);
    if (!id) return fail(id.error());
    act.id = *id;
  }
  for (const Change& change : changes)
    if (auto done = run.write(**transaction, change, act); !done) return done;
  return (*transaction)->commit();
}

}  // namespace

BounceEvent judged_again(const BounceEvent& event, const Judge& judge, Verdict& verdict) {
  BounceEvent again = event;
  if (event.kind != Kind::bounce && event.kind != Kind::delayed) return again;
  verdict = judge(reply_of(event), event.vendor);
  if (event.kind == Kind::delayed) {  // as in the reader: the sending server keeps trying
    verdict.advice = Advice::ignore;
    verdict.confirm = false;
  }
  ReportedRecipient recipient;
  recipient.address = event.address;
  recipient.remote_mta = event.remote_mta;
  recipient.verdict = verdict;
  set_verdict(again, recipient);
  return again;
}

Result<ReprocessReport> preview_reprocess(Store& store, const Judge& judge, const PolicySettings& policy,
                                          UnixSeconds now, const EachStandingChange& each) {
  Reprocess run(store, judge, policy, now);
  std::optional<Error> failure;
  const auto read = store.addresses("", [&](const AddressRecord& record) {
    const auto change = run.look_at(record);
    if (!change) {
      failure = change.error();
      return false;
    }
    if (*change && (*change)->standing) each(*(*change)->standing);
    return true;
  });
  if (failure) return fail(*failure);
  if (!read) return fail(read.error());
  return std::move(run.report());
}

Result<ReprocessReport> apply_reprocess(Store& store, const Judge& judge, const PolicySettings& policy,
                                        ManualAct act, const EachStandingChange& each, std::size_t batch) {
  Reprocess run(store, judge, policy, act.at);
  std::string after;
  for (bool ended = false; !ended;) {
    const auto changes = next_changes(run, after, batch, ended);
    if (!changes) return fail(changes.error());
    if (auto written = write_batch(run, *changes, act); !written) return fail(written.error());
    for (const Change& change : *changes)
      if (change.standing) each(*change.standing);
  }
  return std::move(run.report());
}

}  // namespace bounced
