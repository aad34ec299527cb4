// How things stood at the end of a summary's range, in the store in memory; and the lists of today that share
// its code.
#include <algorithm>

#include "storage/memory_state.hpp"

namespace bounced {
namespace {

bool by_provider_and_end(const ProviderSlowdown& a, const ProviderSlowdown& b) {
  return std::tie(a.provider, a.until) < std::tie(b.provider, b.until);
}

void add_retries(const MemoryState& state, RunSummary& made) {
  for (const Retry& retry : memory_retries(state)) {
    ++made.retries_pending;
    made.retries_due += retry.retry_after <= made.until;
    if (retry.decided_at < made.until && made.sample_retries.size() < summary_samples)
      made.sample_retries.push_back(retry);
  }
  UnixSeconds newest = -1;
  if (!state.traces.retries.empty()) made.retries_pending = made.retries_due = 0;
  for (const MemoryTraces::Retries& noted : state.traces.retries) {
    if (noted.at >= made.until || noted.at < newest) continue;
    newest = noted.at;
    made.retries_pending = noted.pending;
    made.retries_due = noted.due;
  }
}

void add_slowdowns(const MemoryState& state, RunSummary& made) {
  std::map<MemoryState::SlowdownKey, ProviderSlowdown> last;
  for (const ProviderSlowdown& one : state.traces.slowdowns) {
    if (one.reported_at >= made.until) continue;
    ProviderSlowdown& kept = last[{one.provider, one.reason}];
    if (one.reported_at >= kept.reported_at) kept = one;
  }
  for (auto& [key, one] : last) {
    if (one.until <= made.from || one.since >= made.until) continue;
    one.reported_at = 0;
    made.slowdowns.push_back(one);
  }
  std::stable_sort(made.slowdowns.begin(), made.slowdowns.end(), by_provider_and_end);
}

/// The state of an issue at a time, and since when.
MemoryTraces::IssueState issue_state(const MemoryState& state, std::int64_t issue, UnixSeconds before) {
  MemoryTraces::IssueState found{issue, 0, "open"};
  for (const MemoryTraces::IssueState& one : state.traces.issue_states)
    if (one.issue == issue && one.at < before) found = one;
  return found;
}

void add_issues(const MemoryState& state, RunSummary& made) {
  for (const auto& [key, issue] : state.issues) {
    const MemoryTraces::IssueState then = issue_state(state, issue.id, made.until);
    made.issues_closed += then.state == "closed" && then.at >= made.from;
    made.issues_muted += then.state == "muted";
    if (then.state != "open") continue;
    OperatorIssue told = issue;
    told.state = then.state;
    told.state_at = then.at;
    told.count = told.reported_at = 0;
    for (const MemoryTraces::IssueReport& report : state.traces.issue_reports) {
      if (report.issue != issue.id || report.at >= made.until) continue;
      told.count += report.count;
      if (report.at >= made.from) told.in_range += report.count;
      if (report.at < told.reported_at) continue;
      told.reported_at = report.at;
      told.last_seen = report.last_seen;
    }
    if (told.in_range > 0) made.issues.push_back(std::move(told));
  }
  std::sort(made.issues.begin(), made.issues.end(), [](const OperatorIssue& a, const OperatorIssue& b) {
    return std::tie(b.in_range, a.id) < std::tie(a.in_range, b.id);
  });
}

Wave wave_at(const MemoryState& state, Wave wave, UnixSeconds until) {
  if (wave.decided_at >= until) {
    wave.state = "open";
    wave.decided_at = 0;
  }
  if (wave.told_at >= until) wave.told_at = 0;
  wave.held = 0;
  for (const auto& [key, held] : state.holds)
    wave.held += key.first == wave.id && held.suppression.decided_at < until;
  for (const MemoryTraces::Mark& settled : state.traces.wave_settled)
    if (settled.id == wave.id && settled.at >= until) wave.held += settled.count;
  if (wave.last_at < until) return wave;
  UnixSeconds newest = -1;
  for (const MemoryTraces::Mark& report : state.traces.wave_reports) {
    if (report.id != wave.id || report.at >= until || report.at < newest) continue;
    newest = wave.last_at = report.at;
    wave.count = report.count;
  }
  return wave;
}

void add_waves(const MemoryState& state, RunSummary& made) {
  for (const Wave& wave : memory_waves(state, "")) {
    if (wave.tripped_at >= made.until) continue;
    Wave then = wave_at(state, wave, made.until);
    if (belongs_into_summary(then, made.from, made.until)) made.waves.push_back(std::move(then));
  }
}

void add_mailboxes(const MemoryState& state, RunSummary& made) {
  std::map<std::string, MailboxHealth> all;
  for (const RunRecord& run : state.runs) {
    if (run.ended_at >= made.until) continue;
    MailboxHealth& health = all[run.mailbox];
    health.mailbox = run.mailbox;
    health.last = run;
    if (run.error.empty()) health.last_good = run.ended_at;
    if (run.ended_at < made.from) continue;
    ++health.passes;
    health.failed += !run.error.empty();
    health.quarantined += run.quarantined;
    health.unrecognised += run.unrecognised;
    if (!run.error.empty()) health.last_error = run.error;
  }
  for (const auto& [mailbox, health] : all) {
    made.runs.push_back(health.last);
    made.mailboxes.push_back(health);
  }
}

}  // namespace

std::vector<ProviderSlowdown> memory_slowdowns(const MemoryState& state, UnixSeconds from,
                                               UnixSeconds until) {
  std::vector<ProviderSlowdown> rows;
  for (const auto& [key, slowdown] : state.slowdowns)
    if (slowdown.until > from && slowdown.since < until) rows.push_back(slowdown);
  std::stable_sort(rows.begin(), rows.end(), by_provider_and_end);
  return rows;
}

std::vector<OperatorIssue> memory_issues(const MemoryState& state, const std::string& state_name) {
  std::vector<OperatorIssue> rows;
  for (const auto& [key, issue] : state.issues)
    if (state_name.empty() || issue.state == state_name) rows.push_back(issue);
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

void add_memory_state(const MemoryState& state, RunSummary& made) {
  add_retries(state, made);
  add_slowdowns(state, made);
  add_issues(state, made);
  add_waves(state, made);
  std::set<std::int64_t> unknown;
  for (const MemoryTraces::Mark& report : state.traces.unknown_reports)
    if (report.at >= made.from && report.at < made.until) unknown.insert(report.id);
  made.unknown_templates = static_cast<std::int64_t>(unknown.size());
  add_mailboxes(state, made);
  for (const SendingFailure& failure : state.sending_failures)
    if (failure.at >= made.from && failure.at < made.until) made.unsent.push_back(failure);
}

}  // namespace bounced
