#include <algorithm>
#include <string_view>

#include "storage/memory_state.hpp"

namespace bounced {
namespace {

class Counter {
 public:
  void add(std::string_view key) { ++counts_[std::string(key)]; }
  [[nodiscard]] std::vector<CountBy> sorted() const {
    std::vector<CountBy> rows;
    for (const auto& [key, count] : counts_) rows.push_back({key, count});
    std::stable_sort(rows.begin(), rows.end(),
                     [](const CountBy& a, const CountBy& b) { return a.count > b.count; });
    return rows;
  }

 private:
  std::map<std::string, std::int64_t> counts_;
};

void count_mails(const MemoryState& state, RunSummary& made) {
  Counter kinds;
  for (const JournalRow& mail : state.mails) {
    if (mail.seen_at < made.from || mail.seen_at >= made.until) continue;
    ++made.mails;
    kinds.add(to_string(mail.kind));
    if (mail.disposal == Disposal::unrecognised) ++made.unrecognised;
    if (mail.disposal == Disposal::quarantined) ++made.quarantined;
  }
  made.by_kind = kinds.sorted();
  for (const auto& [key, seen] : state.sightings)
    if (seen.again && seen.at >= made.from && seen.at < made.until) ++made.duplicates;
}

bool says_permanent(const BounceEvent& event) {
  const std::string& code = event.reply_code.empty() ? event.status : event.reply_code;
  return event.kind == Kind::bounce && code.starts_with('5');
}

void count_events(const MemoryState& state, RunSummary& made) {
  Counter reasons, vendors, advices, providers, lists, distrusted;
  std::set<std::string> saved;
  for (const BounceEvent& event : state.events) {
    const UnixSeconds seen_at = state.mails[static_cast<std::size_t>(event.mail_id - 1)].seen_at;
    if (seen_at < made.from || seen_at >= made.until) continue;
    if (event.distrusted) {
      distrusted.add(event.authenticity_because);
      continue;
    }
    ++made.events;
    reasons.add(to_string(event.reason));
    vendors.add(event.vendor);
    advices.add(to_string(event.advice));
    providers.add(event.provider);
    lists.add(event.list_id);
    if (says_permanent(event) && !state.suppressions.contains(event.address)) saved.insert(event.address);
  }
  made.distrusted = distrusted.sorted();
  made.by_reason = reasons.sorted();
  made.by_vendor = vendors.sorted();
  made.by_advice = advices.sorted();
  made.by_provider = providers.sorted();
  made.by_list = lists.sorted();
  made.permanent_not_suppressed = static_cast<std::int64_t>(saved.size());
}

void count_suppressions(const MemoryState& state, RunSummary& made) {
  Counter reasons;
  for (const OutboxChange& change : state.outbox) {
    if (change.at < made.from || change.at >= made.until) continue;
    ++(change.suppressed ? made.new_suppressions : made.ended_suppressions);
    if (change.suppressed) reasons.add(to_string(change.reason));
  }
  made.suppressions_by_reason = reasons.sorted();
  made.active_suppressions = static_cast<std::int64_t>(state.suppressions.size());
  for (const auto& [address, suppression] : state.suppressions)
    if (suppression.decided_at >= made.from && suppression.decided_at < made.until)
      made.sample_suppressions.push_back(suppression);
  std::stable_sort(made.sample_suppressions.begin(), made.sample_suppressions.end(),
                   [](const Suppression& a, const Suppression& b) { return a.decided_at > b.decided_at; });
  if (made.sample_suppressions.size() > summary_samples) made.sample_suppressions.resize(summary_samples);
}

}  // namespace

std::vector<ProviderSlowdown> memory_slowdowns(const MemoryState& state, UnixSeconds from,
                                               UnixSeconds until) {
  std::vector<ProviderSlowdown> rows;
  for (const auto& [key, slowdown] : state.slowdowns)
    if (slowdown.until > from && slowdown.since < until) rows.push_back(slowdown);
  std::stable_sort(rows.begin(), rows.end(), [](const ProviderSlowdown& a, const ProviderSlowdown& b) {
    return std::tie(a.provider, a.until) < std::tie(b.provider, b.until);
  });
  return rows;
}

std::vector<OperatorIssue> memory_issues(const MemoryState& state, const std::string& state_name,
                                         UnixSeconds from, UnixSeconds until) {
  std::vector<OperatorIssue> rows;
  for (const auto& [key, issue] : state.issues)
    if ((state_name.empty() || issue.state == state_name) &&
        std::max(issue.last_seen, issue.reported_at) >= from && (until == 0 || issue.first_seen < until))
      rows.push_back(issue);
  std::sort(rows.begin(), rows.end(), [](const OperatorIssue& a, const OperatorIssue& b) {
    return std::tie(b.count, b.last_seen, a.id) < std::tie(a.count, a.last_seen, b.id);
  });
  return rows;
}

std::vector<UnknownTemplate> memory_unknown(const MemoryState& state) {
  std::vector<UnknownTemplate> rows;
  for (const auto& [key, one] : state.unknown) rows.push_back(one);
  std::sort(rows.begin(), rows.end(), [](const UnknownTemplate& a, const UnknownTemplate& b) {
    return std::tie(b.count, b.last_seen, a.id) < std::tie(a.count, a.last_seen, b.id);
  });
  return rows;
}

RunSummary memory_summary(const MemoryState& state, UnixSeconds from, UnixSeconds until) {
  RunSummary made;
  made.from = from;
  made.until = until;
  count_mails(state, made);
  count_events(state, made);
  count_suppressions(state, made);
  made.sample_retries = memory_retries(state);
  made.retries_pending = static_cast<std::int64_t>(made.sample_retries.size());
  made.retries_due = std::count_if(made.sample_retries.begin(), made.sample_retries.end(),
                                   [&](const Retry& retry) { return retry.retry_after <= until; });
  if (made.sample_retries.size() > summary_samples) made.sample_retries.resize(summary_samples);
  made.slowdowns = memory_slowdowns(state, from, until);
  made.issues = memory_issues(state, "open", from, until);
  for (const auto& [key, issue] : state.issues) {
    made.issues_closed += issue.state == "closed" && issue.state_at >= from && issue.state_at < until;
    made.issues_muted += issue.state == "muted" && issue.state_at < until;
  }
  for (const Wave& wave : memory_waves(state, ""))
    if (belongs_into_summary(wave, from, until)) made.waves.push_back(wave);
  for (const auto& [key, one] : state.unknown)
    made.unknown_templates += std::max(one.last_seen, one.reported_at) >= from && one.first_seen < until;
  std::map<std::string, RunRecord> last;
  for (const RunRecord& run : state.runs)
    if (run.started_at < until) last[run.mailbox] = run;
  for (const auto& [mailbox, run] : last) made.runs.push_back(run);
  return made;
}

}  // namespace bounced
